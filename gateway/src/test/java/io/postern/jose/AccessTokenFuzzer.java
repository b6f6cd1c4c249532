package io.postern.jose;

import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import io.postern.crypto.CryptoProvider;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;

/**
 * The fuzz target of presented tokens: whatever is presented, a token or none; and what is taken
 * for a token is one for a JOSE library too. Bytes without a line feed are presented as they are;
 * others are header and payload, which our own key signs.
 */
public final class AccessTokenFuzzer {
  private static final String ISSUER = "https://tokens.example.com";
  private static final long NOW = 1_800_000_000;
  private static final CryptoProvider CRYPTO = CryptoProvider.best();
  private static final SigningKey KEY =
      new SigningKeyGenerator(CRYPTO).generate(SignatureAlgorithm.ES256, SigningKey.State.ACTIVE);
  private static final SigningKeys KEYS = new SigningKeys(List.of(KEY));
  private static final AccessTokenVerifier VERIFIER = new AccessTokenVerifier(CRYPTO, ISSUER);

  private AccessTokenFuzzer() {}

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) throws Exception {
    int end = 0;
    while (end < input.length && input[end] != '\n') {
      end++;
    }
    if (end == input.length) {
      String presented = new String(input, StandardCharsets.ISO_8859_1);
      require(VERIFIER.findSigned(presented, KEYS) == null, "took what nobody signed");
      return;
    }
    // the fuzzer cannot guess the key's name
    String header =
        new String(input, 0, end, StandardCharsets.UTF_8).replace("\"KID\"", quoted(KEY.kid()));
    Base64URL encoded = Base64URL.encode(header);
    Base64URL claims = Base64URL.encode(Arrays.copyOfRange(input, end + 1, input.length));
    String signed = encoded + "." + claims;
    var signature = KEY.algorithm().newSignature(CRYPTO);
    signature.initSign(KEY.privateKey());
    signature.update(signed.getBytes(StandardCharsets.US_ASCII));
    AccessToken token =
        VERIFIER.findSigned(signed + "." + Base64URL.encode(signature.sign()), KEYS);
    if (token != null) {
      check(token, JWSHeader.parse(encoded), JWTClaimsSet.parse(claims.decodeToString()));
    }
  }

  private static void check(AccessToken token, JWSHeader header, JWTClaimsSet claims)
      throws ParseException {
    require(header.getAlgorithm().getName().equals("ES256"), "another algorithm");
    require(header.getKeyID().equals(KEY.kid()), "another key");
    require(header.getType().getType().endsWith("at+jwt"), "another type");
    require(header.getCriticalParams() == null, "an extension");
    require(ISSUER.equals(claims.getIssuer()), "another issuer");
    require(claims.getAudience().equals(List.of(token.audience())), "another audience");
    require(token.clientId().equals(claims.getStringClaim("client_id")), "another client");
    AccessTokenVerifier.isInTime(token, Instant.ofEpochSecond(NOW));
  }

  private static String quoted(String text) {
    return '"' + text + '"';
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }
}
