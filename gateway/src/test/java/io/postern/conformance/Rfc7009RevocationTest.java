package io.postern.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jwt.SignedJWT;
import io.postern.client.RevocationRateLimiter;
import io.postern.decision.DecisionEvent;
import io.postern.decision.DecisionEvent.Result.Revoked;
import io.postern.jose.SignatureAlgorithm;
import io.postern.oauth.InactiveReason;
import io.postern.testing.ChangedSettings;
import io.postern.testing.TestAssertion;
import io.postern.testing.TestGateway;
import io.postern.testing.TestKey;
import io.postern.testing.TestPostgres;
import io.postern.testing.TestRegistry;
import io.postern.testing.TokenCall;
import io.postern.testing.Vault;
import java.text.ParseException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Token revocation (RFC 7009). */
class Rfc7009RevocationTest extends PresentationFixture {
  private static final Duration SOON = Duration.ofSeconds(30);

  private static String jti(String token) throws ParseException {
    return SignedJWT.parse(token).getJWTClaimsSet().getJWTID();
  }

  private static List<String> lines(String token) throws ParseException {
    return registry.query("select line from not_before_line where id = ?", jti(token));
  }

  @Nested
  @DisplayName("2.1 Revocation request")
  class Request {
    @Test
    void ownToken_hasEnded_whenItIsAnswered() throws Exception {
      String token = token();
      String other = token();
      active(introspect(verifier, token));
      done(revoke(agent, token));
      inactive(introspect(verifier, token));
      inactive(introspect(agent, token));
      active(introspect(verifier, other));
      assertThat(lines(token)).containsExactly("token " + jti(token));
      assertThat(lines(other)).isEmpty();
    }

    @Test
    void line_lastsAsLongAsTheToken() throws Exception {
      String token = token();
      done(revoke(agent, token));
      assertThat(
              registry.query(
                  """
                  select (ends_at - to_timestamp(?) between '1 min' and '5 min')::text
                    from not_before_line where id = ?
                  """,
                  SignedJWT.parse(token)
                      .getJWTClaimsSet()
                      .getExpirationTime()
                      .toInstant()
                      .getEpochSecond(),
                  jti(token)))
          .containsExactly("true");
    }

    @Test
    void audit_hasWhoEndedIt() throws Exception {
      String token = token();
      done(revoke(agent, token));
      assertThat(
              registry.query(
                  "select actor || ' ' || source from audit_event where target = ?",
                  "token " + jti(token)))
          .containsExactly(agent.clientId() + " 127.0.0.1");
    }

    @Test
    void vault_refusesWhatHasEnded() {
      TestRegistry.Hosted key = registry.apiKey("sk");
      registry.link(agent, key, "obtain");
      String token = Vault.token(gateway, agent);
      assertThat(Vault.obtain(gateway, token, key.identifier()).statusCode()).isEqualTo(200);
      done(revoke(agent, token));
      assertThat(Vault.obtain(gateway, token, key.identifier()).statusCode()).isEqualTo(401);
    }

    @Test
    void tokenOfAnother_isRefused_andStays() throws Exception {
      String token = token();
      // not even the service that it is for
      for (TestRegistry.Agent caller : List.of(registry.agent(), verifier)) {
        Expect.refused(revoke(caller, token), 400, "unauthorized_client");
      }
      active(introspect(verifier, token));
      assertThat(lines(token)).isEmpty();
    }

    @Test
    void tokenOfAnother_isRefusedAlike_whetherItHasEndedOrNot() {
      String token = token();
      TestRegistry.Agent other = registry.agent();
      TokenCall.Answer live = revoke(other, token);
      done(revoke(agent, token));
      Expect.same(live, revoke(other, token));
    }

    @ParameterizedTest
    @ValueSource(strings = {"access_token", "refresh_token", "unknown"})
    void hint_changesNothing(String hint) {
      String token = token();
      done(by(REVOKE, agent).param("token", token).param("token_type_hint", hint).send());
      inactive(introspect(verifier, token));
    }

    @Test
    void form_isReadAsTheTokenEndpointReadsIts() {
      assertThat(by(REVOKE, agent).param("token", token()).send("GET").status()).isEqualTo(405);
      Expect.invalidRequest(by(REVOKE, agent).send());
      Expect.invalidRequest(
          by(REVOKE, agent).param("token", token()).param("token", token()).send());
      Expect.invalidRequest(by(REVOKE + "?token=x", agent).param("token", token()).send());
      Expect.invalidRequest(by(REVOKE, agent).contentType("text/plain").raw("token=x").send());
    }

    @Test
    void client_mustAuthenticate() throws Exception {
      String token = token();
      Expect.invalidClient(to(REVOKE).param("token", token).send());
      Expect.invalidClient(
          to(REVOKE).basic(agent.clientId(), "wrong").param("token", token).send());
      Expect.invalidClient(
          to(REVOKE).param("client_id", agent.clientId()).param("token", token).send());
      assertThat(lines(token)).isEmpty();
      TestKey key = TestKey.generate(SignatureAlgorithm.ES256);
      registry.key(agent, key.jwk());
      done(
          TestAssertion.with(
                  to(REVOKE), TestAssertion.by(key, agent.clientId(), gateway.issuer()).sign())
              .param("token", token)
              .send());
      assertThat(lines(token)).hasSize(1);
    }
  }

  @Nested
  @DisplayName("2.2 Revocation response")
  class Response {
    @ParameterizedTest
    @ValueSource(strings = {"x", "a.b.c", "eyJhbGciOiJub25lIn0.e30.", "token with spaces"})
    void invalidToken_isNoError(String token) {
      TokenCall.Answer answer = revoke(agent, token);
      done(answer);
      assertThat(decided(answer).result()).isEqualTo(new Revoked(InactiveReason.UNVERIFIED, null));
    }

    @Test
    void tokenThatHasEndedAlready_isNoError_andDrawsNoFurtherLine() throws Exception {
      String token = token();
      done(revoke(agent, token));
      String revision =
          registry
              .query("select revision from not_before_line where id = ?", jti(token))
              .getFirst();
      TokenCall.Answer again = revoke(agent, token);
      done(again);
      assertThat(registry.query("select revision from not_before_line where id = ?", jti(token)))
          .containsExactly(revision);
      assertThat(decided(again).result())
          .isInstanceOfSatisfying(
              Revoked.class,
              result -> assertThat(result.inactive()).isEqualTo(InactiveReason.ENDED));
    }

    @Test
    void manyAtOnce_ofOneToken_allSucceed() throws Exception {
      String token = token();
      List<Thread> threads = new ArrayList<>();
      List<Integer> statuses = Collections.synchronizedList(new ArrayList<>());
      for (int i = 0; i < 20; i++) {
        threads.add(Thread.startVirtualThread(() -> statuses.add(revoke(agent, token).status())));
      }
      for (Thread thread : threads) {
        thread.join();
      }
      assertThat(statuses).hasSize(20).containsOnly(200);
      assertThat(lines(token)).hasSize(1);
    }

    @Test
    void decision_tellsWhichTokenHasEnded() throws Exception {
      String token = token();
      DecisionEvent event = decided(revoke(agent, token));
      assertThat(event.operation()).isEqualTo(DecisionEvent.Operation.REVOKE);
      assertThat(event.result())
          .isInstanceOfSatisfying(
              Revoked.class,
              result -> {
                assertThat(result.inactive()).isNull();
                assertThat(result.token().audience()).isEqualTo(crm.audience());
              });
      assertThat(metric("postern_revocation_requests_total")).contains("outcome=\"revoked\"");
    }
  }

  @Nested
  @DisplayName("2.2.1 Error response")
  class Errors {
    @Test
    void whatWeSignThatIsNoToken_isNotRevoked() {
      String signed =
          by(INTROSPECT, verifier)
              .header("Accept", "application/token-introspection+jwt")
              .param("token", token())
              .send()
              .response()
              .body();
      Expect.refused(revoke(agent, signed), 400, "unsupported_token_type");
      inactive(introspect(verifier, signed));
    }

    @Test
    void databaseAway_is503_andTheTokenIsThereStill_untilItIsBack() {
      String database = TestPostgres.newDatabase();
      try (TestGateway patient = TestGateway.start(database, settings -> settings);
          TestGateway strict =
              TestGateway.start(database, ChangedSettings.maxStaleness(Duration.ofSeconds(2)))) {
        TestRegistry.Agent client = patient.registry().agent();
        patient.registry().grant(client, patient.registry().service("read"), "read");
        String token = TokenCall.by(patient, client).send().accessToken();
        TokenCall revoking =
            TokenCall.to(patient)
                .uri(patient.publicUri(REVOKE))
                .basic(client.clientId(), client.secret())
                .param("token", token);
        TokenCall asking =
            TokenCall.to(patient)
                .uri(patient.publicUri(INTROSPECT))
                .basic(client.clientId(), client.secret())
                .param("token", token);
        TestPostgres.cut(database);
        Expect.unavailable(revoking.send());
        // what is known is told without the database
        assertThat(asking.send().json().getBoolean("active")).isTrue();
        // but not by an index that is too old
        TokenCall askingStrict =
            TokenCall.to(strict)
                .uri(strict.publicUri(INTROSPECT))
                .basic(client.clientId(), client.secret())
                .param("token", token);
        Expect.eventually(SOON, () -> askingStrict.send().status() == 503);
        Expect.unavailable(askingStrict.send());
        TestPostgres.mend(database);
        Expect.eventually(SOON, () -> revoking.send().status() == 200);
        inactive(asking.send());
      }
    }
  }

  @Nested
  @DisplayName("5 Security considerations")
  class Security {
    @Test
    void clientThatEndsVeryMany_isSlowed_andOthersAreNot() {
      registry.run("update application set access_token_ttl_seconds = 60 where id = ?", crm.id());
      List<String> tokens = new ArrayList<>();
      for (int i = 0; i < RevocationRateLimiter.BURST + 50; i++) {
        tokens.add(token());
      }
      TokenCall.Answer refused = null;
      for (String token : tokens) {
        TokenCall.Answer answer = revoke(agent, token);
        if (answer.status() != 200) {
          refused = answer;
          break;
        }
      }
      // if this machine is so slow that none was too many, there is nothing to see
      if (refused != null) {
        Expect.slowedDown(refused);
        // what has ended already costs nothing
        done(revoke(agent, tokens.getFirst()));
        TestRegistry.Agent other = registry.agent();
        registry.grant(other, crm, "read");
        done(revoke(other, token(other, crm.audience())));
      }
    }
  }
}
