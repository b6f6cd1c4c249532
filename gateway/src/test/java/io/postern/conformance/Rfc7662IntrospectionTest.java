package io.postern.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.postern.decision.DecisionEvent;
import io.postern.decision.DecisionEvent.Result.Introspected;
import io.postern.jose.SignatureAlgorithm;
import io.postern.oauth.InactiveReason;
import io.postern.testing.ChangedSettings;
import io.postern.testing.TestAssertion;
import io.postern.testing.TestGateway;
import io.postern.testing.TestKey;
import io.postern.testing.TestRegistry;
import io.postern.testing.TokenCall;
import io.vertx.core.json.JsonObject;
import java.time.Clock;
import java.time.Duration;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Token introspection (RFC 7662). */
class Rfc7662IntrospectionTest extends PresentationFixture {

  @Nested
  @DisplayName("2.1 Introspection request")
  class Request {
    @ParameterizedTest
    @ValueSource(strings = {"GET", "PUT", "DELETE", "HEAD"})
    void otherMethod_isNotAllowed(String method) {
      TokenCall.Answer answer = by(INTROSPECT, verifier).param("token", token()).send(method);
      assertThat(answer.status()).isEqualTo(405);
      assertThat(answer.header("allow")).isEqualTo("POST");
    }

    @Test
    void json_isNoForm() {
      Expect.invalidRequest(
          by(INTROSPECT, verifier).contentType("application/json").raw("{}").send());
    }

    @Test
    void token_isRequired_once() {
      Expect.invalidRequest(by(INTROSPECT, verifier).send());
      Expect.invalidRequest(by(INTROSPECT, verifier).param("token", "").send());
      Expect.invalidRequest(
          by(INTROSPECT, verifier).param("token", token()).param("token", "x").send());
    }

    @Test
    void otherParameters_areIgnored_butNotTwice() {
      active(by(INTROSPECT, verifier).param("token", token()).param("nonce", "1").send());
      Expect.invalidRequest(
          by(INTROSPECT, verifier)
              .param("token", token())
              .param("nonce", "1")
              .param("nonce", "1")
              .send());
    }

    @ParameterizedTest
    @ValueSource(strings = {"access_token", "refresh_token", "unknown", ""})
    void hint_changesNothing(String hint) {
      active(
          by(INTROSPECT, verifier).param("token", token()).param("token_type_hint", hint).send());
    }

    @ParameterizedTest
    @ValueSource(strings = {"token", "client_secret", "token_type_hint", "client_id"})
    void parametersInTheUri_areRefused(String name) {
      Expect.invalidRequest(
          by(INTROSPECT + "?" + name + "=x", verifier).param("token", token()).send());
    }

    @Test
    void tooMuch_isRefused() {
      TokenCall.Answer large = by(INTROSPECT, verifier).param("token", "x".repeat(70_000)).send();
      assertThat(large.status()).isEqualTo(413);
      TokenCall many = by(INTROSPECT, verifier).param("token", token());
      for (int i = 0; i < 64; i++) {
        many.param("p" + i, "");
      }
      Expect.invalidRequest(many.send());
    }

    @ParameterizedTest
    @ValueSource(strings = {"token=%", "token=%ff", "token=%zz", "token=a&%c0=1"})
    void brokenForm_isRefused(String form) {
      Expect.invalidRequest(by(INTROSPECT, verifier).raw(form).send());
    }

    @Test
    void caller_authenticatesByAnyMethod() {
      TestKey key = TestKey.generate(SignatureAlgorithm.ES256);
      registry.key(verifier, key.jwk());
      active(introspect(verifier, token()));
      active(
          to(INTROSPECT)
              .param("client_id", verifier.clientId())
              .param("client_secret", verifier.secret())
              .param("token", token())
              .send());
      String assertion = TestAssertion.by(key, verifier.clientId(), gateway.issuer()).sign();
      active(TestAssertion.with(to(INTROSPECT), assertion).param("token", token()).send());
      // used, there as at the token endpoint
      Expect.invalidClient(
          TestAssertion.with(to(INTROSPECT), assertion).param("token", token()).send());
      Expect.invalidClient(TestAssertion.call(gateway, assertion).send());
    }

    @Test
    void assertion_forTheEndpoint_needsTheTolerance() {
      TestKey key = TestKey.generate(SignatureAlgorithm.ES256);
      registry.key(verifier, key.jwk());
      String endpoint = gateway.issuer() + INTROSPECT;
      Expect.invalidClient(byAssertion(key, endpoint));
      registry.run(
          "update application set assertion_audience = 'issuer_or_token_endpoint' where id = ?",
          verifier.clientId());
      active(byAssertion(key, endpoint));
      active(byAssertion(key, gateway.issuer() + "/oauth2/token"));
      Expect.invalidClient(byAssertion(key, gateway.issuer() + "/oauth2/jwks"));
      // and the token endpoint knows no other than itself
      Expect.invalidClient(
          TestAssertion.call(gateway, TestAssertion.by(key, verifier.clientId(), endpoint).sign())
              .send());
    }

    private TokenCall.Answer byAssertion(TestKey key, String audience) {
      return TestAssertion.with(
              to(INTROSPECT), TestAssertion.by(key, verifier.clientId(), audience).sign())
          .param("token", token())
          .send();
    }
  }

  @Nested
  @DisplayName("2.2 Introspection response")
  class Response {
    @Test
    void activeToken_isToldWithItsClaims() throws Exception {
      String token = token();
      JsonObject json = active(introspect(verifier, token)).json();
      JWTClaimsSet claims = SignedJWT.parse(token).getJWTClaimsSet();
      assertThat(json.fieldNames())
          .containsExactlyInAnyOrder(
              "active",
              "scope",
              "client_id",
              "token_type",
              "exp",
              "iat",
              "sub",
              "aud",
              "iss",
              "jti");
      assertThat(json.getString("scope")).isEqualTo("read write");
      assertThat(json.getString("client_id")).isEqualTo(agent.clientId());
      assertThat(json.getString("sub")).isEqualTo(claims.getSubject());
      assertThat(json.getString("aud")).isEqualTo(crm.audience());
      assertThat(json.getString("iss")).isEqualTo(gateway.issuer());
      assertThat(json.getString("jti")).isEqualTo(claims.getJWTID());
      assertThat(json.getString("token_type")).isEqualTo("Bearer");
      assertThat(json.getLong("exp"))
          .isEqualTo(claims.getExpirationTime().toInstant().getEpochSecond());
      assertThat(json.getLong("iat")).isEqualTo(claims.getIssueTime().toInstant().getEpochSecond());
    }

    @Test
    void tokenOfALine_isInactive() throws Exception {
      String token = token();
      String other = token();
      active(introspect(verifier, token));
      registry.run(
          """
          insert into not_before_line (kind, id, not_before, ends_at, revocation_id)
          values ('token', ?, 'infinity', not_before_end(), revocation_id())
          """,
          SignedJWT.parse(token).getJWTClaimsSet().getJWTID());
      inactive(reasoned(introspect(verifier, token), InactiveReason.ENDED));
      active(introspect(verifier, other));
    }

    @Test
    void tokenWhoseGrantIsTakenAway_isInactive() {
      String token = token();
      registry.run("delete from resource_grant where client_id = ?", agent.clientId());
      inactive(reasoned(introspect(verifier, token), InactiveReason.ENDED));
    }

    @Test
    void disabledClient_andDeletedOne_haveNoActiveToken() {
      String token = token();
      registry.run("update application set status = 'disabled' where id = ?", agent.clientId());
      inactive(introspect(verifier, token));
      registry.run("delete from application where id = ?", agent.clientId());
      inactive(introspect(verifier, token));
    }

    @Test
    void clientThatIsDisabledAndHasNoLine_isSeenAllTheSame() {
      String token = token();
      registry.run("update application set status = 'disabled' where id = ?", agent.clientId());
      registry.run("delete from not_before_line where id = ?", agent.clientId());
      inactive(reasoned(introspect(verifier, token), InactiveReason.CLIENT_GONE));
    }

    @Test
    void disabledResource_hasNoActiveToken() {
      String token = token();
      registry.run("update application set status = 'disabled' where id = ?", crm.id());
      registry.run("delete from not_before_line");
      inactive(reasoned(introspect(agent, token), InactiveReason.TARGET_GONE));
      // and does not authenticate
      Expect.invalidClient(introspect(verifier, token));
    }

    @Test
    void expiredToken_isInactive() {
      String token = token();
      Clock later = Clock.offset(Clock.systemUTC(), Duration.ofSeconds(901));
      try (TestGateway ahead =
          TestGateway.start(
              gateway.databaseUrl(), ChangedSettings.issuer(gateway.issuer()), later)) {
        TokenCall.Answer answer =
            TokenCall.to(ahead)
                .uri(ahead.publicUri(INTROSPECT))
                .basic(verifier.clientId(), verifier.secret())
                .param("token", token)
                .send();
        inactive(answer);
      }
    }

    @Test
    void tokenOfAKeyThatIsRetired_isActive_andOfOneThatIsGone_isNot() {
      try (TestGateway other = TestGateway.start()) {
        TestRegistry.Resource service = other.registry().service("read");
        TestRegistry.Agent caller =
            new TestRegistry.Agent(service.id(), other.registry().secret(service.id()));
        TestRegistry.Agent client = other.registry().agent();
        other.registry().grant(client, service, "read");
        String token = TokenCall.by(other, client).send().accessToken();
        TokenCall call =
            TokenCall.to(other)
                .uri(other.publicUri(INTROSPECT))
                .basic(caller.clientId(), caller.secret())
                .param("token", token);
        active(call.send());
        other.registry().run("update signing_key set state = 'retired' where alg = 'ES256'");
        active(call.send());
        other.registry().run("delete from signing_key where alg = 'ES256'");
        inactive(call.send());
      }
    }

    private TokenCall.Answer reasoned(TokenCall.Answer answer, InactiveReason reason) {
      DecisionEvent event = decided(answer);
      assertThat(event.operation()).isEqualTo(DecisionEvent.Operation.INTROSPECT);
      assertThat(event.result())
          .isInstanceOfSatisfying(
              Introspected.class, result -> assertThat(result.inactive()).isEqualTo(reason));
      return answer;
    }
  }

  @Nested
  @DisplayName("2.3 Error response")
  class Errors {
    @Test
    void callersThatDoNotAuthenticate_areRefusedAlike() {
      String token = token();
      TokenCall.Answer wrong = to(INTROSPECT).basic(crm.id(), "wrong").param("token", token).send();
      Expect.invalidClient(wrong);
      Expect.same(wrong, to(INTROSPECT).basic("nobody", "wrong").param("token", token).send());
      Expect.invalidClient(to(INTROSPECT).param("token", token).send());
      // RFC 7662 §2.1: without authorization, nobody scans for tokens
      Expect.invalidClient(
          to(INTROSPECT).header("Authorization", "Bearer " + token).param("token", token).send());
    }

    @Test
    void twoMethods_areOneTooMany() {
      Expect.invalidRequest(
          by(INTROSPECT, verifier)
              .param("client_secret", verifier.secret())
              .param("token", token())
              .send());
    }

    @Test
    void guessing_isSlowed_andCountsForTheTokenEndpointToo() {
      TokenCall.Answer last = null;
      for (int i = 0; i < 25; i++) {
        last = to(INTROSPECT).basic(agent.clientId(), "guess" + i).param("token", "x").send();
      }
      Expect.slowedDown(last);
      Expect.slowedDown(TokenCall.by(gateway, agent).send());
    }
  }

  @Nested
  @DisplayName("4 Security considerations")
  class Security {
    @Test
    void service_isToldOfTokensForItself_andNoOthers() {
      TestRegistry.Resource other = registry.service("read");
      TestRegistry.Agent otherService =
          new TestRegistry.Agent(other.id(), registry.secret(other.id()));
      registry.grant(agent, other, "read");
      active(introspect(verifier, token(agent, crm.audience())));
      inactive(introspect(verifier, token(agent, other.audience())));
      TokenCall.Answer answer = introspect(otherService, token(agent, crm.audience()));
      inactive(answer);
      assertThat(decided(answer).result())
          .isInstanceOfSatisfying(
              Introspected.class,
              result -> assertThat(result.inactive()).isEqualTo(InactiveReason.OF_OTHERS));
    }

    @Test
    void agent_isToldOfItsOwnTokens_andOfThoseForItself() {
      TestRegistry.Agent called = registry.agent();
      String audience = "urn:postern:agent:" + called.clientId();
      registry.grant(agent, new TestRegistry.Resource(called.clientId(), audience), "agent.access");
      String token = token(agent, audience);
      active(introspect(agent, token));
      active(introspect(called, token));
      inactive(introspect(registry.agent(), token));
      inactive(introspect(verifier, token));
    }

    @Test
    void service_getsNoTokenByItsCredentials() {
      Expect.refused(
          TokenCall.by(gateway, verifier).param("audience", crm.audience()).send(),
          400,
          "unauthorized_client");
    }

    @Test
    void serviceThatLosesItsSecret_asksNoMore() {
      String token = token();
      active(introspect(verifier, token));
      registry.run("delete from client_secret where client_id = ?", crm.id());
      Expect.invalidClient(introspect(verifier, token));
    }

    @Test
    void rateLimit_ofAnAgent_countsItsIntrospectionsByThemselves() {
      registry.run("update application set tokens_per_minute = 3 where id = ?", agent.clientId());
      String token = token();
      for (int i = 0; i < 3; i++) {
        active(introspect(agent, token));
      }
      Expect.slowedDown(introspect(agent, token));
      assertThat(token(agent, crm.audience())).isNotEmpty();
    }

    @Test
    void decision_tellsWhoAskedAboutWhat_andHoldsNoToken() {
      String token = token();
      TokenCall.Answer answer = introspect(verifier, token);
      DecisionEvent event = decided(answer);
      assertThat(event.clientId()).isEqualTo(crm.id());
      assertThat(event.authenticated()).isTrue();
      assertThat(event.result())
          .isInstanceOfSatisfying(
              Introspected.class,
              result -> {
                assertThat(result.inactive()).isNull();
                assertThat(result.token().clientId()).isEqualTo(agent.clientId());
                assertThat(result.token().audience()).isEqualTo(crm.audience());
              });
      assertThat(event.toString()).doesNotContain(token, token.split("\\.", -1)[2]);
      assertThat(metric("postern_introspection_requests_total{method=\"client_secret_basic\""))
          .contains("outcome=\"active\"");
    }

    @Test
    void otherOrigins_areNotAnswered() {
      TokenCall.Answer answer =
          by(INTROSPECT, verifier)
              .header("Origin", "https://page.example")
              .param("token", token())
              .send();
      assertThat(answer.header("access-control-allow-origin")).isNull();
    }
  }
}
