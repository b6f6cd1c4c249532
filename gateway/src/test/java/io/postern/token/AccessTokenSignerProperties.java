package io.postern.token;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSVerifier;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jose.util.JSONObjectUtils;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.postern.crypto.CryptoProvider;
import io.postern.jose.SignatureAlgorithm;
import io.postern.jose.SigningKey;
import io.postern.jose.SigningKeyGenerator;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tuple;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import net.jqwik.api.constraints.Size;

/** The bytes that are written by hand, as Nimbus reads them. */
class AccessTokenSignerProperties {
  private static final CryptoProvider CRYPTO = CryptoProvider.best();
  private static final SigningKey KEY =
      new SigningKeyGenerator(CRYPTO).generate(SignatureAlgorithm.ES256, SigningKey.State.ACTIVE);

  private static final JWSVerifier VERIFIER = verifier();

  private final AccessTokenSigner signer = new AccessTokenSigner(CRYPTO);

  private static JWSVerifier verifier() {
    try {
      return new ECDSAVerifier((ECKey) KEY.publicJwk());
    } catch (JOSEException e) {
      throw new IllegalStateException(e);
    }
  }

  @Provide
  Arbitrary<String> hostile() {
    Arbitrary<Integer> codePoints =
        Arbitraries.frequencyOf(
            Tuple.of(3, Arbitraries.integers().between(0x20, 0x7E)),
            Tuple.of(3, Arbitraries.of('"', '\\', '/', '<', '\'', '{', '}', ',').map(c -> (int) c)),
            Tuple.of(2, Arbitraries.integers().between(0, 0x1F)),
            Tuple.of(1, Arbitraries.of(0x7F, 0x85, 0x2028, 0x2029, 0xFEFF, 0xFFFD, 0xFFFF)),
            Tuple.of(1, Arbitraries.integers().between(0x80, 0xD7FF)),
            Tuple.of(1, Arbitraries.integers().between(0xE000, 0x10FFFF)));
    return codePoints
        .list()
        .ofMinSize(1)
        .ofMaxSize(24)
        .map(
            points -> {
              StringBuilder text = new StringBuilder();
              points.forEach(text::appendCodePoint);
              return text.toString();
            });
  }

  @Property(tries = 500)
  void token_readByNimbus_hasTheValuesThatWereGiven(
      @ForAll("hostile") String issuer,
      @ForAll("hostile") String clientId,
      @ForAll("hostile") String audience,
      @ForAll("hostile") String scope,
      @ForAll("hostile") String jti,
      @ForAll @LongRange(max = 253_402_300_799L) long issuedAt)
      throws Exception {
    SignedJWT token =
        SignedJWT.parse(
            signer.sign(
                new AccessTokenClaims(
                    issuer, clientId, audience, scope, issuedAt, issuedAt + 900, jti),
                KEY));

    assertThat(token.getHeader().getType()).isEqualTo(new JOSEObjectType("at+jwt"));
    assertThat(token.getHeader().getAlgorithm().getName()).isEqualTo("ES256");
    assertThat(token.getHeader().getKeyID()).isEqualTo(KEY.kid());
    assertThat(token.getHeader().toJSONObject()).hasSize(3);
    JWTClaimsSet claims = token.getJWTClaimsSet();
    assertThat(claims.getIssuer()).isEqualTo(issuer);
    assertThat(claims.getSubject()).isEqualTo(clientId);
    assertThat(claims.getAudience()).containsExactly(audience);
    assertThat(claims.getIssueTime().toInstant().getEpochSecond()).isEqualTo(issuedAt);
    assertThat(claims.getExpirationTime().toInstant().getEpochSecond()).isEqualTo(issuedAt + 900);
    assertThat(claims.getJWTID()).isEqualTo(jti);
    assertThat(claims.getStringClaim("client_id")).isEqualTo(clientId);
    assertThat(claims.getStringClaim("scope")).isEqualTo(scope);
    assertThat(claims.getClaims()).hasSize(8);
  }

  @Property(tries = 200)
  void header_ofAnyKid_isReadBack(@ForAll("hostile") String kid) throws Exception {
    SigningKey named =
        new SigningKey(kid, KEY.algorithm(), KEY.state(), null, KEY.publicJwk(), KEY.privateKey());
    SignedJWT token =
        SignedJWT.parse(signer.sign(new AccessTokenClaims("i", "c", "a", "s", 1, 2, "j"), named));
    assertThat(token.getHeader().getKeyID()).isEqualTo(kid);
    assertThat(token.getHeader().toJSONObject()).hasSize(3);
  }

  @Property(tries = 500)
  void response_readByNimbus_hasTheValuesThatWereGiven(
      @ForAll("hostile") String scope, @ForAll @IntRange(min = 60, max = 86_400) int expiresIn)
      throws Exception {
    AccessTokenResponse response = new AccessTokenResponse();
    // twice: the second is written over the first
    for (String jti : List.of("a longer jti than the other", "jti")) {
      response.write(
          signer, new AccessTokenClaims("i", "c", "a", scope, 1_000, 1_000 + expiresIn, jti), KEY);
      Map<String, Object> json =
          JSONObjectUtils.parse(new String(response.array(), 0, response.length(), UTF_8));
      assertThat(json)
          .containsOnlyKeys("access_token", "token_type", "expires_in", "scope")
          .containsEntry("token_type", "Bearer")
          .containsEntry("scope", scope);
      assertThat(((Number) json.get("expires_in")).intValue()).isEqualTo(expiresIn);
      SignedJWT token = SignedJWT.parse((String) json.get("access_token"));
      assertThat(token.getJWTClaimsSet().getJWTID()).isEqualTo(jti);
      assertThat(token.verify(VERIFIER)).isTrue();
    }
  }

  @Property(tries = 300)
  void bytes_inBase64url_areTheirEncoding(@ForAll @Size(max = 1_000) byte[] bytes) {
    TokenBytes encoded = new TokenBytes().append('.').appendBase64url(bytes, bytes.length);
    assertThat(text(encoded)).isEqualTo("." + Base64URL.encode(bytes));
  }

  @Property(tries = 300)
  void number_isWrittenInDecimal(@ForAll @LongRange(min = 0) long number) {
    assertThat(text(new TokenBytes().appendNumber(number))).isEqualTo(Long.toString(number));
  }

  private static String text(TokenBytes bytes) {
    return new String(bytes.array(), 0, bytes.length(), UTF_8);
  }
}
