package io.postern.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.SignedJWT;
import io.postern.testing.TokenCall;
import io.vertx.core.json.JsonObject;
import java.text.ParseException;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** JWT responses for token introspection (RFC 9701). */
class Rfc9701SignedIntrospectionTest extends PresentationFixture {
  private static final String JWT = "application/token-introspection+jwt";

  private TokenCall.Answer ask(String accept, String token) {
    return by(INTROSPECT, verifier).header("Accept", accept).param("token", token).send();
  }

  private static SignedJWT signed(TokenCall.Answer answer) throws ParseException, JOSEException {
    assertThat(answer.status()).as(answer.response().body()).isEqualTo(200);
    assertThat(answer.header("content-type")).isEqualTo(JWT);
    assertThat(answer.header("cache-control")).isEqualTo("no-store");
    SignedJWT jwt = SignedJWT.parse(answer.response().body());
    JWK key =
        JWKSet.parse(gateway.get(gateway.jwksUri()).body())
            .getKeyByKeyId(jwt.getHeader().getKeyID());
    assertThat(
            jwt.verify(
                switch (key.getKeyType().getValue()) {
                  case "EC" -> new ECDSAVerifier(key.toECKey());
                  default -> new RSASSAVerifier(key.toRSAKey());
                }))
        .isTrue();
    return jwt;
  }

  @Nested
  @DisplayName("4 Requesting a JWT response")
  class Requesting {
    @ParameterizedTest
    @ValueSource(
        strings = {
          "application/token-introspection+jwt",
          "Application/Token-Introspection+JWT",
          "application/token-introspection+jwt;q=0.9, text/html;q=0.1",
          "application/json;q=0.5, application/token-introspection+jwt",
          "text/html, application/token-introspection+jwt, */*"
        })
    void accept_getsAJwt(String accept) throws Exception {
      signed(ask(accept, token()));
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "application/json",
          "*/*",
          "application/*",
          "application/token-introspection+jwt;q=0",
          "application/token-introspection+jwt;q=0.2, application/json;q=0.8",
          "application/token-introspection+jwt;q=nonsense",
          "application/jwt",
          ",;,;q="
        })
    void anythingElse_getsJson(String accept) {
      active(ask(accept, token()));
    }
  }

  @Nested
  @DisplayName("5 JWT response")
  class Response {
    @Test
    void activeToken_isInItsOwnMember() throws Exception {
      String token = token();
      JsonObject plain = introspect(verifier, token).json();
      SignedJWT jwt = signed(ask(JWT, token));
      assertThat(jwt.getHeader().getType().getType()).isEqualTo("token-introspection+jwt");
      Map<String, Object> claims = jwt.getJWTClaimsSet().toJSONObject();
      assertThat(claims.keySet())
          .containsExactlyInAnyOrder("iss", "aud", "iat", "token_introspection");
      assertThat(jwt.getJWTClaimsSet().getIssuer()).isEqualTo(gateway.issuer());
      assertThat(jwt.getJWTClaimsSet().getAudience()).containsExactly(crm.id());
      assertThat(jwt.getJWTClaimsSet().getIssueTime().toInstant())
          .isBetween(Instant.now().minusSeconds(60), Instant.now().plusSeconds(1));
      assertThat(new JsonObject(jwt.getPayload().toString()).getJsonObject("token_introspection"))
          .isEqualTo(plain);
    }

    @Test
    void inactiveToken_hasNothingMore() throws Exception {
      SignedJWT jwt = signed(ask(JWT, "nonsense"));
      assertThat(new JsonObject(jwt.getPayload().toString()).getJsonObject("token_introspection"))
          .isEqualTo(new JsonObject().put("active", false));
    }

    @ParameterizedTest
    @CsvSource({"ES256, ES256", "RS256, RS256", "PS256, PS256"})
    void algorithm_isThatOfTheCallersTokens(String registered, String expected) throws Exception {
      registry.run("update application set signing_alg = ? where id = ?", registered, crm.id());
      SignedJWT jwt = signed(ask(JWT, token()));
      assertThat(jwt.getHeader().getAlgorithm().getName()).isEqualTo(expected);
    }

    @Test
    void errors_areJson() {
      Expect.invalidClient(
          to(INTROSPECT).header("Accept", JWT).basic(crm.id(), "wrong").param("token", "x").send());
    }
  }

  @Nested
  @DisplayName("7 Authorization server metadata")
  class Metadata {
    @Test
    void algorithms_areListed() {
      JsonObject metadata =
          new JsonObject(
              gateway.get(gateway.publicUri("/.well-known/oauth-authorization-server")).body());
      assertThat(metadata.getJsonArray("introspection_signing_alg_values_supported"))
          .containsExactlyInAnyOrder("ES256", "RS256", "PS256", "EdDSA");
    }
  }

  @Nested
  @DisplayName("8.1 Cross-JWT confusion")
  class Confusion {
    @Test
    void answer_isNoToken_andNoAssertion() throws Exception {
      String answer = signed(ask(JWT, token())).serialize();
      inactive(introspect(verifier, answer));
      Expect.invalidClient(
          to(INTROSPECT)
              .param(
                  "client_assertion_type", "urn:ietf:params:oauth:client-assertion-type:jwt-bearer")
              .param("client_assertion", answer)
              .param("token", "x")
              .send());
    }
  }
}
