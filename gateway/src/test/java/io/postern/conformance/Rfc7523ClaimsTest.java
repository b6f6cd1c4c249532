package io.postern.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.replay.ReplayMemory;
import io.postern.testing.ByteConnection;
import io.postern.testing.ChangedSettings;
import io.postern.testing.TestAssertion;
import io.postern.testing.TestGateway;
import io.postern.testing.TestRegistry;
import io.postern.testing.TokenCall;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The registered claims of a client's assertion: RFC 7523 §3 (1) to (7), rfc7523bis, RFC 7519. */
class Rfc7523ClaimsTest extends PrivateKeyJwtFixture {
  @Nested
  @DisplayName("RFC 7523 §3 (1), (2): issuer and subject")
  class IssuerAndSubject {
    @Test
    void issuer_missingOrAnother_isRefused() {
      assertRefused(send(good().claim("iss", null)));
      assertRefused(send(good().claim("iss", "")));
      assertRefused(send(good().claim("iss", gateway.issuer())));
      assertRefused(send(good().claim("iss", agentWith(EC).clientId())));
    }

    @Test
    void subject_missingOrAnother_isRefused() {
      assertRefused(send(good().claim("sub", null)));
      assertRefused(send(good().claim("sub", "")));
      assertRefused(send(good().claim("sub", "somebody")));
      assertRefused(send(good().claim("sub", agentWith(EC).clientId())));
    }

    @Test
    void subject_unknownClient_isRefused() {
      assertRefused(send(good().claim("iss", "nobody").claim("sub", "nobody")));
      assertRefused(send(good().claim("iss", "").claim("sub", "")));
      assertRefused(send(good().claim("iss", null).claim("sub", null)));
    }

    @Test
    void subject_ofAService_isRefused() {
      assertRefused(send(good().claim("iss", service.id()).claim("sub", service.id())));
    }

    @Test
    void subject_otherSpelling_isRefused() {
      String upper = shared.clientId().toUpperCase(Locale.ROOT);
      assertRefused(send(good().claim("iss", upper).claim("sub", upper)));
      String padded = shared.clientId() + " ";
      assertRefused(send(good().claim("iss", padded).claim("sub", padded)));
    }
  }

  @Nested
  @DisplayName("RFC 7523 §3 (3), rfc7523bis: the audience")
  class Audience {
    @Test
    void audience_issuerInAnArrayOfOne_isAccepted() {
      assertAccepted(send(good().claim("aud", new JsonArray().add(gateway.issuer()))));
    }

    static Stream<Arguments> wrongAudiences() {
      String issuer = gateway.issuer();
      return Stream.<Object>of(
              "",
              issuer + "/",
              issuer.toUpperCase(Locale.ROOT),
              issuer + " ",
              issuer.replace("127.0.0.1", "localhost"),
              issuer.replace("http:", "https:"),
              issuer + "?",
              issuer + "#",
              gateway.tokenEndpoint().toString(),
              service.audience(),
              "https://attacker.example.com",
              new JsonArray(),
              new JsonArray().add(issuer).add(issuer),
              new JsonArray().add(issuer).add("https://other.example.com"),
              new JsonArray().add("https://other.example.com").add(issuer),
              new JsonArray().add(issuer).add(gateway.tokenEndpoint().toString()),
              new JsonArray().add(new JsonArray().add(issuer)),
              new JsonArray().addNull())
          .map(Arguments::of);
    }

    @ParameterizedTest
    @MethodSource("wrongAudiences")
    void audience_notTheIssuerAlone_isRefused(Object audience) {
      assertRefused(send(good().claim("aud", audience)));
    }

    @Test
    void audience_missing_isRefused() {
      assertRefused(send(good().claim("aud", null)));
    }

    @Test
    void audience_tokenEndpoint_isAcceptedWhereTheClientIsSetSo() {
      TestRegistry.Agent agent = agentWith(EC);
      String endpoint = gateway.tokenEndpoint().toString();
      assertRefused(send(by(EC, agent).claim("aud", endpoint)));

      tolerate(agent);
      assertAccepted(send(by(EC, agent).claim("aud", endpoint)));
      assertAccepted(send(by(EC, agent).claim("aud", new JsonArray().add(endpoint))));
      assertAccepted(send(by(EC, agent)));
      assertRefused(send(good().claim("aud", endpoint)));
    }

    @Test
    void audience_moreThanOneOrAnotherUrl_isRefusedInSpiteOfTheTolerance() {
      TestRegistry.Agent agent = agentWith(EC);
      tolerate(agent);
      String endpoint = gateway.tokenEndpoint().toString();
      for (Object audience :
          List.of(
              new JsonArray().add(gateway.issuer()).add(endpoint),
              endpoint + "/",
              gateway.issuer() + "/oauth2",
              gateway.jwksUri().toString())) {
        assertRefused(send(by(EC, agent).claim("aud", audience)));
      }
    }

    // an attacker chooses Host; the audience must not follow it
    @Test
    void audience_ofTheHostHeader_isNeverBelieved() {
      TestRegistry.Agent agent = agentWith(EC);
      tolerate(agent);
      for (String host :
          List.of(
              "attacker.example.com",
              "localhost:" + gateway.settings().listeners().http().port())) {
        for (String audience : List.of("http://" + host, "http://" + host + "/oauth2/token")) {
          ByteConnection.Answer answer =
              sendWithHost(by(EC, agent).claim("aud", audience).sign(), host);
          assertThat(answer.status()).isEqualTo(401);
          assertThat(answer.body()).isEqualTo(REFUSED);
        }
        assertThat(sendWithHost(by(EC, agent).sign(), host).status()).isEqualTo(200);
      }
    }

    private static void tolerate(TestRegistry.Agent agent) {
      gateway
          .registry()
          .run(
              """
              update application set assertion_audience = 'issuer_or_token_endpoint'
               where id = ?\
              """,
              agent.clientId());
    }

    private static ByteConnection.Answer sendWithHost(String jwt, String host) {
      String form =
          "grant_type=client_credentials&client_assertion_type="
              + URLEncoder.encode(TestAssertion.TYPE, StandardCharsets.UTF_8)
              + "&client_assertion="
              + jwt;
      try (ByteConnection connection = ByteConnection.to(gateway)) {
        return connection.exchange(
            """
            POST /oauth2/token HTTP/1.1\r
            Host: %s\r
            X-Forwarded-Host: %s\r
            Forwarded: host=%s\r
            Content-Type: application/x-www-form-urlencoded\r
            Content-Length: %d\r
            \r
            %s\
            """
                .formatted(host, host, host, form.length(), form));
      }
    }
  }

  @Nested
  @DisplayName("RFC 7523 §3 (4), (5), (6): exp, nbf and iat")
  class Times {
    @Test
    void exp_missing_isRefused() {
      assertRefused(send(good().claim("exp", null)));
    }

    @Test
    void exp_past_isRefusedOutsideOfTheSkew() {
      assertAccepted(send(good().claim("iat", now() - 60).claim("exp", now() - 5)));
      assertRefused(send(good().claim("iat", now() - 60).claim("exp", now() - 11)));
      assertRefused(send(good().claim("iat", now() - 60).claim("exp", 0)));
    }

    @Test
    void exp_anHourAhead_isGoodForFiveMinutesFromIat() {
      assertAccepted(send(good().claim("exp", now() + 3600)));
      assertAccepted(send(good().claim("iat", now() - 290).claim("exp", now() + 3600)));
      assertRefused(send(good().claim("iat", now() - 311).claim("exp", now() + 3600)));
      assertRefused(send(good().claim("iat", now() - 3600).claim("exp", now() + 3600)));
    }

    @Test
    void exp_withoutIat_isAtMostFiveMinutesAhead() {
      assertAccepted(send(good().claim("iat", null)));
      assertAccepted(send(good().claim("iat", null).claim("exp", now() + 300)));
      assertRefused(send(good().claim("iat", null).claim("exp", now() + 330)));
      assertRefused(send(good().claim("iat", null).claim("exp", now() + 3600)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"iat", "nbf"})
    void start_ahead_isAcceptedWithinTheSkew(String claim) {
      assertAccepted(send(good().claim(claim, now())));
      assertAccepted(send(good().claim(claim, now() + 9)));
      assertRefused(send(good().claim(claim, now() + 61)));
      assertRefused(send(good().claim(claim, now() + 3600).claim("exp", now() + 3660)));
    }

    @Test
    void nbf_past_isAccepted() {
      assertAccepted(send(good().claim("nbf", now() - 3600)));
      assertAccepted(send(good().claim("nbf", 0)));
    }

    // RFC 7519 §2: a NumericDate may have a fraction
    @Test
    void times_withAFraction_areAccepted() {
      assertAccepted(
          send(
              good()
                  .claim("iat", now() - 0.5)
                  .claim("nbf", now() - 0.25)
                  .claim("exp", now() + 59.75)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"exp", "iat", "nbf"})
    void times_ofAWrongKind_areRefused(String claim) {
      for (Object value :
          List.of(
              "" + (now() + 30),
              "soon",
              "",
              true,
              -1,
              -1.5,
              Long.MAX_VALUE,
              Long.MIN_VALUE,
              1e300,
              253_402_300_800L,
              new JsonArray().add(now()),
              new JsonObject())) {
        assertRefused(send(good().claim(claim, value)));
      }
    }

    // in milliseconds, as a wrong client sends it
    @Test
    void times_inMilliseconds_areRefused() {
      assertRefused(send(good().claim("iat", now() * 1000).claim("exp", (now() + 60) * 1000)));
      assertRefused(send(good().claim("iat", null).claim("exp", (now() + 60) * 1000)));
    }
  }

  @Nested
  @DisplayName("RFC 7523 §3 (7): jti")
  class JwtId {
    @Test
    void jti_missingOrEmpty_isRefused() {
      assertRefused(send(good().claim("jti", null)));
      assertRefused(send(good().claim("jti", "")));
    }

    @Test
    void jti_of256Characters_isTheLongest() {
      String longest = (UUID.randomUUID() + "x".repeat(256)).substring(0, 256);
      assertAccepted(send(good().claim("jti", longest)));
      assertRefused(send(good().claim("jti", longest + "x")));
    }

    @Test
    void assertion_again_isRefused() {
      String jwt = good().sign();
      assertAccepted(TestAssertion.call(gateway, jwt).send());
      assertRefused(TestAssertion.call(gateway, jwt).send());
      assertRefused(TestAssertion.call(gateway, jwt).send());
    }

    @Test
    void jti_inAnotherAssertion_isRefused() {
      String jti = UUID.randomUUID().toString();
      assertAccepted(send(good().claim("jti", jti)));
      assertRefused(send(good().claim("jti", jti).claim("exp", now() + 90)));
    }

    // the claim is what is remembered, never its spelling
    @Test
    void jti_inAnotherSpelling_isRefused() {
      String jti = UUID.randomUUID().toString();
      assertAccepted(send(good().claim("jti", "A" + jti)));
      TestAssertion again = good().claim("jti", "A" + jti);
      String escaped = again.claimsJson().replace("A" + jti, "\\u0041" + jti);
      assertThat(escaped).contains("\\u0041");
      assertRefused(
          TestAssertion.call(gateway, TestAssertion.sign(EC, again.headerJson(), escaped)).send());
      assertAccepted(send(good().claim("jti", "a" + jti)));
    }

    @Test
    void jti_ofAnotherClient_isAccepted() {
      String jti = UUID.randomUUID().toString();
      assertAccepted(send(good().claim("jti", jti)));
      assertAccepted(send(by(EC, agentWith(EC)).claim("jti", jti)));
    }

    @Test
    void jti_withAnotherKeyOfTheClient_isRefused() {
      TestRegistry.Agent agent = agentWith(EC);
      gateway.registry().key(agent, RSA.jwk());
      String jti = UUID.randomUUID().toString();
      assertAccepted(send(by(EC, agent).claim("jti", jti)));
      assertRefused(send(by(RSA, agent).claim("jti", jti)));
    }

    @Test
    void jti_isUsedUp_evenWhenTheRequestThenFails() {
      String jwt = good().sign();
      TokenCall.Answer scope =
          TestAssertion.call(gateway, jwt).param("scope", "not-granted").send();
      assertThat(scope.error()).isEqualTo("invalid_scope");
      assertRefused(TestAssertion.call(gateway, jwt).send());

      String other = good().sign();
      TokenCall.Answer target =
          TestAssertion.call(gateway, other).param("audience", "urn:nobody").send();
      assertThat(target.error()).isEqualTo("invalid_target");
      assertRefused(TestAssertion.call(gateway, other).send());
    }

    @Test
    void jti_isNotUsedUp_byWhatIsNotTheClients() {
      String jti = UUID.randomUUID().toString();
      assertRefused(send(by(OTHER_EC.named(EC.kid()), shared).claim("jti", jti)));
      assertRefused(send(good().claim("jti", jti).claim("aud", "https://other.example.com")));
      assertRefused(send(good().claim("jti", jti).claim("exp", now() - 60)));
      assertRefused(
          TestAssertion.call(gateway, good().claim("jti", jti).sign())
              .param("client_id", "somebody-else")
              .send());
      assertInvalidRequest(
          TestAssertion.call(gateway, good().claim("jti", jti).sign())
              .param("grant_type", "client_credentials")
              .send());
      assertAccepted(send(good().claim("jti", jti)));
    }

    @Test
    void jti_fromManyThreads_isAcceptedOnce() throws Exception {
      int threads = 16;
      for (int round = 0; round < 5; round++) {
        String jwt = good().sign();
        CountDownLatch ready = new CountDownLatch(threads);
        Callable<Integer> attempt =
            () -> {
              TokenCall call = TestAssertion.call(gateway, jwt);
              ready.countDown();
              ready.await();
              return call.send().status();
            };
        List<Integer> statuses = new ArrayList<>();
        try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
          for (Future<Integer> status : executor.invokeAll(Collections.nCopies(threads, attempt))) {
            statuses.add(status.get());
          }
        }
        assertThat(statuses).containsOnly(200, 401).containsOnlyOnce(200);
      }
    }

    @Test
    void memory_full_isUnavailableForAssertionsAlone() {
      try (TestGateway small =
          TestGateway.start(ChangedSettings.replayMemory(new ReplayMemory.InProcess(3)))) {
        TestRegistry.Resource resource = small.registry().service("read");
        TestRegistry.Agent agent = small.registry().agent();
        small.registry().grant(agent, resource, "read");
        small.registry().key(agent, EC.jwk());
        String used = "";
        for (int i = 0; i < 3; i++) {
          used = TestAssertion.by(EC, agent.clientId(), small.issuer()).sign();
          assertAccepted(TestAssertion.call(small, used).send());
        }
        String next = TestAssertion.by(EC, agent.clientId(), small.issuer()).sign();
        TokenCall.Answer full = TestAssertion.call(small, next).send();

        Expect.unavailable(full);
        assertAccepted(TokenCall.by(small, agent).send());
        // one that was used, and a bad one, are still refused for what they are
        assertRefused(TestAssertion.call(small, used).send());
        assertRefused(TestAssertion.call(small, next + "A").send());
      }
    }
  }
}
