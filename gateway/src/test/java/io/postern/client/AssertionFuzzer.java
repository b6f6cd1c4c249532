package io.postern.client;

import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import io.postern.client.AssertionVerifier.Verification;
import io.postern.crypto.CryptoProvider;
import io.postern.grant.Expiry;
import io.postern.jose.DecoyKeys;
import io.postern.jose.SignatureAlgorithm;
import io.postern.oauth.ClientCredentials;
import io.postern.oauth.GrantType;
import io.postern.testing.TestKey;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Set;

/**
 * The fuzz target of the assertion path. Bytes without a line feed are an assertion that nobody
 * signed: never accepted. With one, what stands before it is a header and what follows are claims,
 * and the client signs them, whatever they say: accepted only if another library reads in them what
 * RFC 7523 §3 asks for.
 */
public final class AssertionFuzzer {
  private static final long NOW = 2_000_000_000L;
  private static final long SKEW = 10;
  private static final long MAX_AGE = 300;
  private static final String CLIENT = "agent";
  private static final String ISSUER = "https://issuer.example.com";
  private static final CryptoProvider CRYPTO = CryptoProvider.best();
  private static final TestKey KEY = TestKey.generate(SignatureAlgorithm.ES256).named("key");
  private static final RegisteredClient REGISTERED = registered();
  private static final AssertionVerifier VERIFIER =
      new AssertionVerifier(
          new AssertionRules(
              ISSUER,
              Set.of(ISSUER + "/oauth2/token"),
              Duration.ofSeconds(MAX_AGE),
              Duration.ofSeconds(SKEW)),
          CRYPTO,
          new DecoyKeys(CRYPTO));

  private AssertionFuzzer() {}

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) throws ParseException {
    int end = 0;
    while (end < input.length && input[end] != '\n') {
      end++;
    }
    if (end == input.length) {
      if (verify(new String(input, StandardCharsets.ISO_8859_1)) instanceof Verification.Verified) {
        throw new IllegalStateException("accepted what nobody signed");
      }
      return;
    }
    Base64URL header = Base64URL.encode(Arrays.copyOf(input, end));
    Base64URL claims = Base64URL.encode(Arrays.copyOfRange(input, end + 1, input.length));
    String signed = header + "." + claims;
    Base64URL signature = Base64URL.encode(KEY.sign(signed.getBytes(StandardCharsets.US_ASCII)));
    if (verify(signed + "." + signature) instanceof Verification.Verified) {
      check(JWSHeader.parse(header), JWTClaimsSet.parse(claims.decodeToString()));
    }
  }

  private static void check(JWSHeader header, JWTClaimsSet claims) {
    require(header.getAlgorithm().getName().equals(KEY.algorithm().value()), "another algorithm");
    require(header.getKeyID() == null || header.getKeyID().equals(KEY.kid()), "another key");
    require(header.getCriticalParams() == null, "an extension");
    require(CLIENT.equals(claims.getIssuer()), "another issuer");
    require(CLIENT.equals(claims.getSubject()), "another subject");
    require(claims.getAudience().equals(List.of(ISSUER)), "another audience");
    require(claims.getJWTID() != null && !claims.getJWTID().isEmpty(), "no jti");
    require(claims.getExpirationTime().toInstant().getEpochSecond() > NOW - SKEW - 1, "expired");
    require(
        claims.getNotBeforeTime() == null
            || claims.getNotBeforeTime().toInstant().getEpochSecond() <= NOW + SKEW,
        "not yet good");
    require(
        claims.getIssueTime() == null
            || claims.getIssueTime().toInstant().getEpochSecond() > NOW - MAX_AGE - SKEW - 1,
        "too old");
  }

  private static Verification verify(String assertion) {
    return VERIFIER.verify(
        new ClientCredentials.Assertion(null, assertion),
        id -> id.equals(CLIENT) ? REGISTERED : null,
        Instant.ofEpochSecond(NOW));
  }

  private static RegisteredClient registered() {
    try {
      return new RegisteredClient(
          CLIENT,
          new ClientSettings(
              true,
              Set.of(GrantType.CLIENT_CREDENTIALS),
              AssertionAudience.ISSUER,
              List.of(),
              ClientSettings.NO_LIMIT,
              null),
          List.of(),
          List.of(
              new ClientKey(
                  KEY.kid(),
                  KEY.algorithm().keyType(),
                  null,
                  ((AsymmetricJWK) KEY.jwk()).toPublicKey().getEncoded(),
                  Expiry.NEVER)),
          List.of());
    } catch (com.nimbusds.jose.JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }
}
