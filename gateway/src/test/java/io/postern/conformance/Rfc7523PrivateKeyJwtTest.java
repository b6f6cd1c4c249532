package io.postern.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.jose.SignatureAlgorithm;
import io.postern.testing.TestAssertion;
import io.postern.testing.TestKey;
import io.postern.testing.TestRegistry;
import io.postern.testing.TokenCall;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Client authentication with {@code private_key_jwt} over HTTP: RFC 7521 §4.2, RFC 7523 §2.2 and
 * §3, rfc7523bis, OIDC Core §9, RFC 8725. Its registered claims are {@link Rfc7523ClaimsTest}'s.
 */
class Rfc7523PrivateKeyJwtTest extends PrivateKeyJwtFixture {
  @Nested
  @DisplayName("RFC 7523 §2.2, RFC 7521 §4.2: the parameters")
  class Parameters {
    @Test
    void token_assertionAlone_isIssuedToItsSubject() throws Exception {
      TokenCall.Answer answer = send(good());

      assertAccepted(answer);
      assertThat(answer.jwt().getJWTClaimsSet().getSubject()).isEqualTo(shared.clientId());
      assertThat(answer.jwt().getJWTClaimsSet().getStringClaim("client_id"))
          .isEqualTo(shared.clientId());
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "",
          "jwt-bearer",
          "urn:ietf:params:oauth:client-assertion-type:saml2-bearer",
          "urn:ietf:params:oauth:grant-type:jwt-bearer",
          "urn:ietf:params:oauth:client-assertion-type:JWT-bearer",
          "URN:ietf:params:oauth:client-assertion-type:jwt-bearer",
          "urn:ietf:params:oauth:client-assertion-type:jwt-bearer ",
          "urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer"
        })
    void type_notExactlyJwtBearer_isRefused(String type) {
      assertRefused(
          TokenCall.to(gateway)
              .clientCredentials()
              .param("client_assertion_type", type)
              .param("client_assertion", good().sign())
              .send());
    }

    @Test
    void type_missing_isRefused() {
      assertRefused(
          TokenCall.to(gateway)
              .clientCredentials()
              .param("client_assertion", good().sign())
              .send());
    }

    @Test
    void assertion_missingOrEmpty_isRefused() {
      TokenCall missing =
          TokenCall.to(gateway)
              .clientCredentials()
              .param("client_assertion_type", TestAssertion.TYPE);
      assertRefused(missing.send());
      assertRefused(missing.param("client_assertion", "").send());
    }

    @Test
    void assertion_twice_isInvalidRequest() {
      String jwt = good().sign();
      assertInvalidRequest(TestAssertion.call(gateway, jwt).param("client_assertion", jwt).send());
      assertInvalidRequest(
          TestAssertion.call(gateway, jwt)
              .param("client_assertion_type", TestAssertion.TYPE)
              .send());
    }

    // RFC 6749 §2.3: one method in a request
    @Test
    void assertion_besideAnotherMethod_isInvalidRequest() {
      assertInvalidRequest(
          TestAssertion.call(gateway, good().sign())
              .basic(shared.clientId(), shared.secret())
              .send());
      assertInvalidRequest(
          TestAssertion.call(gateway, good().sign())
              .param("client_id", shared.clientId())
              .param("client_secret", shared.secret())
              .send());
      assertInvalidRequest(
          TestAssertion.call(gateway, good().sign()).header("Authorization", "Bearer x").send());
    }

    @Test
    void assertion_inTheQuery_isInvalidRequest() {
      URI uri =
          URI.create(
              gateway.tokenEndpoint()
                  + "?client_assertion_type="
                  + URLEncoder.encode(TestAssertion.TYPE, StandardCharsets.UTF_8)
                  + "&client_assertion="
                  + good().sign());
      assertInvalidRequest(TokenCall.to(gateway).clientCredentials().uri(uri).send());
    }

    @Test
    void clientId_ofTheSameClient_isAccepted() {
      assertAccepted(
          TestAssertion.call(gateway, good().sign()).param("client_id", shared.clientId()).send());
    }

    // RFC 7521 §4.2: it must identify the same client
    @Test
    void clientId_ofAnotherClient_isRefused() {
      TestRegistry.Agent other = agentWith(EC);
      for (String clientId :
          List.of(other.clientId(), "unknown-client", shared.clientId().toUpperCase(Locale.ROOT))) {
        assertRefused(
            TestAssertion.call(gateway, good().sign()).param("client_id", clientId).send());
      }
    }
  }

  @Nested
  @DisplayName("RFC 7523 §3 (9), RFC 8725 §3.1: algorithms and keys")
  class AlgorithmsAndKeys {
    @ParameterizedTest
    @EnumSource(SignatureAlgorithm.class)
    void algorithm_onTheList_isAccepted(SignatureAlgorithm algorithm) {
      TestKey key = TestKey.generate(algorithm);
      TestRegistry.Agent agent = agentWith(key);

      assertAccepted(send(by(key, agent)));
      assertAccepted(send(by(key, agent).header("kid", null)));
      assertRefused(send(by(TestKey.generate(algorithm).named(key.kid()), agent)));
    }

    // RFC 9864 §2.2
    @Test
    void algorithm_ed25519_isAcceptedUnderBothNames() {
      TestRegistry.Agent agent = agentWith(ED);
      assertAccepted(send(by(ED, agent).header("alg", "Ed25519")));
      assertAccepted(send(by(ED, agent).header("alg", "EdDSA")));
      TestRegistry.Agent restricted = agentWith(ED.restricted());
      assertAccepted(send(by(ED, restricted).header("alg", "Ed25519")));
      assertAccepted(send(by(ED, restricted).header("alg", "EdDSA")));
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "RS384", "RS512", "PS384", "PS512", "RS1", "HS256", "HS384", "HS512", "none", "ES256K",
          "Ed448", "es256", "ES256 ", "A128KW", "dir", ""
        })
    void algorithm_notOnTheList_isRefused(String alg) {
      assertRefused(send(good().header("alg", alg)));
      TestRegistry.Agent agent = agentWith(RSA);
      assertRefused(send(by(RSA, agent).header("alg", alg)));
    }

    @Test
    void kid_choosesAmongKeysOfOneType() {
      TestRegistry.Agent agent = agentWith(EC);
      gateway.registry().key(agent, OTHER_EC.jwk());

      assertAccepted(send(by(EC, agent)));
      assertAccepted(send(by(OTHER_EC, agent)));
      assertRefused(send(by(EC, agent).header("kid", OTHER_EC.kid())));
    }

    @Test
    void kid_absentWithTwoKeysOfTheType_isRefused() {
      TestRegistry.Agent agent = agentWith(EC);
      gateway.registry().key(agent, OTHER_EC.jwk());

      assertRefused(send(by(EC, agent).header("kid", null)));
      assertRefused(send(by(OTHER_EC, agent).header("kid", null)));
    }

    @Test
    void kid_absentWithOneKeyOfEachType_isAccepted() {
      TestRegistry.Agent agent = agentWith(EC);
      gateway.registry().key(agent, RSA.jwk());
      gateway.registry().key(agent, ED.jwk());

      assertAccepted(send(by(EC, agent).header("kid", null)));
      assertAccepted(send(by(RSA, agent).header("kid", null)));
      assertAccepted(send(by(RSA.as(SignatureAlgorithm.PS256), agent).header("kid", null)));
      assertAccepted(send(by(ED, agent).header("kid", null)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"unknown", "", " ", "../../etc/passwd", "' or 1=1 --"})
    void kid_unknown_isRefused(String kid) {
      assertRefused(send(good().header("kid", kid)));
    }

    @Test
    void kid_inAnotherCase_isRefused() {
      TestKey key = EC.named("key-A");
      TestRegistry.Agent agent = agentWith(key);
      assertAccepted(send(by(key, agent)));
      assertRefused(send(by(key, agent).header("kid", "key-a")));
    }

    @Test
    void kid_ofAnotherClient_isRefused() {
      agentWith(OTHER_EC);
      assertRefused(send(by(OTHER_EC, shared)));
    }

    @Test
    void kid_ofTwoClients_choosesTheSubjectsOwn() {
      TestKey first = EC.named("the-key");
      TestKey second = OTHER_EC.named("the-key");
      TestRegistry.Agent one = agentWith(first);
      TestRegistry.Agent two = agentWith(second);

      assertAccepted(send(by(first, one)));
      assertAccepted(send(by(second, two)));
      assertRefused(send(by(first, two)));
      assertRefused(send(by(second, one)));
    }

    @Test
    void kid_ofAKeyThatDoesNotFitAlg_isRefused() {
      TestRegistry.Agent agent = agentWith(EC);
      gateway.registry().key(agent, RSA.jwk());

      assertRefused(send(by(RSA, agent).header("kid", EC.kid())));
      assertRefused(send(by(EC, agent).header("kid", RSA.kid())));
      assertRefused(send(by(EC, agent).header("alg", "ES384")));
    }

    @Test
    void key_restrictedByItsAlg_isGoodForThatAlgorithmOnly() {
      TestRegistry.Agent rs = agentWith(RSA.restricted());
      assertAccepted(send(by(RSA, rs)));
      assertRefused(send(by(RSA.as(SignatureAlgorithm.PS256), rs)));
      TestRegistry.Agent ps = agentWith(RSA.as(SignatureAlgorithm.PS256).restricted());
      assertAccepted(send(by(RSA.as(SignatureAlgorithm.PS256), ps)));
      assertRefused(send(by(RSA, ps)));
    }

    @Test
    void key_unrestrictedRsa_isGoodForBothOfItsAlgorithms() {
      TestRegistry.Agent agent = agentWith(RSA);
      assertAccepted(send(by(RSA, agent)));
      assertAccepted(send(by(RSA.as(SignatureAlgorithm.PS256), agent)));
    }

    @Test
    void key_expired_isRefusedAndDoesNotStandInTheWay() {
      TestRegistry.Agent agent = agentWith(OTHER_RSA);
      gateway.registry().key(agent.clientId(), RSA.kid(), RSA.jwk(), Instant.now().minusSeconds(1));

      assertRefused(send(by(RSA, agent)));
      assertAccepted(send(by(OTHER_RSA, agent).header("kid", null)));
    }

    @Test
    void key_deleted_isRefusedAtOnce() {
      TestRegistry.Agent agent = agentWith(EC);
      assertAccepted(send(by(EC, agent)));
      gateway
          .registry()
          .run(
              "delete from client_key where client_id = ? and kid = ?", agent.clientId(), EC.kid());
      assertRefused(send(by(EC, agent)));
    }

    @Test
    void client_disabled_isRefused() {
      TestRegistry.Agent agent = agentWith(EC);
      gateway
          .registry()
          .run("update application set status = 'disabled' where id = ?", agent.clientId());
      assertRefused(send(by(EC, agent)));
    }

    @Test
    void client_withSecretsOnly_isRefused() {
      TestRegistry.Agent agent = gateway.registry().agent();
      gateway.registry().grant(agent, service, "read");
      assertRefused(send(by(EC, agent)));
    }
  }

  @Nested
  @DisplayName("RFC 8725 §3.11, rfc7523bis: the type")
  class Type {
    @ParameterizedTest
    @ValueSource(
        strings = {
          "JWT",
          "jwt",
          "client-authentication+jwt",
          "Client-Authentication+JWT",
          "application/jwt",
          "application/client-authentication+jwt"
        })
    void type_ofAnAssertion_isAccepted(String typ) {
      assertAccepted(send(good().header("typ", typ)));
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "at+jwt",
          "application/at+jwt",
          "dpop+jwt",
          "oauth-id-jag+jwt",
          "secevent+jwt",
          "logout+jwt",
          "token-introspection+jwt",
          "oauth-authz-req+jwt",
          "entity-statement+jwt",
          "JOSE",
          "JWE",
          "",
          " JWT",
          "JWT ",
          "text/jwt",
          "application/application/jwt"
        })
    void type_ofAnotherKind_isRefused(String typ) {
      assertRefused(send(good().header("typ", typ)));
    }
  }

  @Nested
  @DisplayName("RFC 7523 §3 (8), (9), §3.2: further claims and the answer")
  class FurtherClaims {
    @Test
    void claims_unknown_areIgnored() {
      assertAccepted(
          send(
              good()
                  .claim("scope", "write")
                  .claim("azp", "somebody")
                  .claim("client_id", "somebody")
                  .claim("nested", new JsonObject().put("a", new JsonArray().add(1)))));
    }

    // what the assertion says of scopes grants nothing
    @Test
    void scope_claim_doesNotGrant() {
      TokenCall.Answer answer = send(good().claim("scope", "read write"));
      assertThat(answer.scope()).isEqualTo("read");
    }

    @Test
    void header_unknownParameter_isIgnored() {
      assertAccepted(send(good().header("x-custom", "value").header("cty", "JWT")));
    }

    @Test
    void accessToken_ofOurs_isNoAssertion() {
      String token = TokenCall.by(gateway, shared).send().accessToken();
      assertRefused(TestAssertion.call(gateway, token).send());
    }
  }
}
