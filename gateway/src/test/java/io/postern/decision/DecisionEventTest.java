package io.postern.decision;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.jose.SignatureAlgorithm;
import io.postern.testing.ByteConnection;
import io.postern.testing.ChangedSettings;
import io.postern.testing.DecisionLines;
import io.postern.testing.Samples;
import io.postern.testing.TestAssertion;
import io.postern.testing.TestGateway;
import io.postern.testing.TestKey;
import io.postern.testing.TestRegistry;
import io.postern.testing.TokenCall;
import io.vertx.core.json.JsonObject;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What stands in the event of a decision, and what never does. */
class DecisionEventTest {
  @TempDir private static Path directory;

  private static TestGateway gateway;
  private static DecisionLines log;
  private static TestRegistry.Agent agent;
  private static TestRegistry.Resource service;
  private static TestKey key;

  @BeforeAll
  static void start() {
    Path file = directory.resolve("decisions.log");
    log = new DecisionLines(file);
    gateway =
        TestGateway.start(
            ChangedSettings.decisions(
                new DecisionSettings(
                    true, new DecisionSettings.Destination.File(file), 65_536, 500)));
    agent = gateway.registry().agent();
    service = gateway.registry().service("read", "write");
    gateway.registry().grant(agent, service, "read");
    key = TestKey.generate(SignatureAlgorithm.ES256);
    gateway.registry().key(agent, key.jwk());
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void issued_saysAllAboutTheToken() throws Exception {
    TokenCall.Answer answer =
        TokenCall.by(gateway, agent)
            .param("scope", "write read")
            .param("audience", service.audience())
            .send();

    JsonObject event = log.eventOf(answer);
    assertThat(event.fieldNames())
        .containsExactly(
            "time",
            "decision_id",
            "outcome",
            "client_id",
            "auth_method",
            "audience_asked",
            "scope_asked",
            "audience",
            "scope",
            "alg",
            "kid",
            "jti",
            "expires_at",
            "source",
            "latency_micros",
            "revision");
    assertThat(event.getMap())
        .containsEntry("outcome", "issued")
        .containsEntry("client_id", agent.clientId())
        .containsEntry("auth_method", "client_secret_basic")
        .containsEntry("audience_asked", service.audience())
        .containsEntry("scope_asked", "write read")
        .containsEntry("audience", service.audience())
        .containsEntry("scope", "read")
        .containsEntry("alg", "ES256")
        .containsEntry("kid", answer.jwt().getHeader().getKeyID())
        .containsEntry("jti", answer.jwt().getJWTClaimsSet().getJWTID())
        .containsEntry(
            "expires_at", answer.jwt().getJWTClaimsSet().getExpirationTime().toInstant().toString())
        .containsEntry("source", "127.0.0.1");
    assertThat(event.getString("time"))
        .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z");
    assertThat(Duration.between(Instant.parse(event.getString("time")), Instant.now()))
        .isBetween(Duration.ZERO, Duration.ofMinutes(1));
    assertThat(event.getLong("latency_micros")).isBetween(1L, 30_000_000L);
    assertThat(event.getLong("revision")).isPositive();
  }

  @Test
  void presentedToken_isToldWithoutItself_andWithWhyItIsNotActive() throws Exception {
    TestRegistry.Agent caller =
        new TestRegistry.Agent(service.id(), gateway.registry().secret(service.id()));
    TokenCall.Answer issued =
        TokenCall.by(gateway, agent).param("audience", service.audience()).send();
    JsonObject active = log.eventOf(present("introspect", caller, issued.accessToken()));
    assertThat(active.fieldNames())
        .containsExactly(
            "time",
            "decision_id",
            "operation",
            "outcome",
            "client_id",
            "auth_method",
            "active",
            "token_client_id",
            "audience",
            "scope",
            "jti",
            "expires_at",
            "source",
            "latency_micros",
            "revision");
    assertThat(active.getMap())
        .containsEntry("operation", "introspect")
        .containsEntry("outcome", "introspected")
        .containsEntry("client_id", service.id())
        .containsEntry("active", true)
        .containsEntry("token_client_id", agent.clientId())
        .containsEntry("audience", service.audience())
        .containsEntry("jti", issued.jwt().getJWTClaimsSet().getJWTID());
    assertThat(log.eventOf(present("introspect", caller, "nonsense")).getMap())
        .containsEntry("active", false)
        .containsEntry("reason", "unverified")
        .doesNotContainKeys("jti", "error");
    assertThat(log.eventOf(present("revoke", agent, issued.accessToken())).getMap())
        .containsEntry("operation", "revoke")
        .containsEntry("outcome", "revoked")
        .doesNotContainKeys("reason", "active");
    assertThat(log.eventOf(present("introspect", caller, issued.accessToken())).getMap())
        .containsEntry("active", false)
        .containsEntry("reason", "ended")
        .containsEntry("token_client_id", agent.clientId());
    assertThat(log.eventOf(present("revoke", caller, issued.accessToken())).getMap())
        .containsEntry("outcome", "refused")
        .containsEntry("reason", "token_of_another");
    assertThat(String.join("", log.all()))
        .doesNotContain(issued.accessToken(), issued.accessToken().split("\\.", -1)[2]);
  }

  private static TokenCall.Answer present(
      String endpoint, TestRegistry.Agent caller, String token) {
    return TokenCall.to(gateway)
        .uri(gateway.publicUri("/oauth2/" + endpoint))
        .basic(caller.clientId(), caller.secret())
        .param("token", token)
        .send();
  }

  @Test
  void issued_byAnAssertion_andWithASlowSignature_isToldToo() {
    TestRegistry.Resource slow = gateway.registry().service("read");
    gateway.registry().grant(agent, slow, "read");
    gateway.registry().run("update application set signing_alg = 'RS256' where id = ?", slow.id());

    JsonObject event =
        log.eventOf(
            TestAssertion.call(gateway, key, agent.clientId())
                .param("resource", slow.audience())
                .send());

    assertThat(event.getMap())
        .containsEntry("outcome", "issued")
        .containsEntry("auth_method", "private_key_jwt")
        .containsEntry("audience_asked", slow.audience())
        .containsEntry("alg", "RS256");
  }

  // most servers take 8 kB of a header line, and a token is in one
  @Test
  void issued_tooLongForMostServers_saysSo() {
    String[] scopes =
        IntStream.range(0, 1000).mapToObj("scope:%04d"::formatted).toArray(String[]::new);
    TestRegistry.Resource large = gateway.registry().service(scopes);
    gateway.registry().grant(agent, large, scopes);
    Map<String, Double> before = Samples.of(gateway);

    TokenCall.Answer answer =
        TokenCall.by(gateway, agent).param("audience", large.audience()).send();
    TokenCall.Answer small =
        TokenCall.by(gateway, agent)
            .param("audience", large.audience())
            .param("scope", "scope:0001")
            .send();

    assertThat(log.eventOf(answer).getInteger("oversized_token_bytes"))
        .isEqualTo(answer.accessToken().length())
        .isGreaterThan(8000);
    assertThat(log.eventOf(small).containsKey("oversized_token_bytes")).isFalse();
    String counter = "postern_token_oversized_total";
    assertThat(Samples.of(gateway).get(counter)).isEqualTo(before.get(counter) + 1);
  }

  static Stream<Arguments> refused() {
    return Stream.of(
        refused("wrong_secret", false, call -> call.basic(agent.clientId(), "wrong")),
        refused("unknown_client", false, call -> call.basic("no-such-client", "x")),
        refused(
            "no_grant",
            true,
            call -> {
              TestRegistry.Agent other = gateway.registry().agent();
              return call.basic(other.clientId(), other.secret());
            }),
        refused(
            "unknown_target",
            true,
            call -> call.basic(agent.clientId(), agent.secret()).param("audience", "nowhere")),
        refused(
            "nothing_granted",
            true,
            call ->
                call.basic(agent.clientId(), agent.secret())
                    .param("audience", service.audience())
                    .param("scope", "write")),
        refused("no_credentials", false, call -> call),
        refused("repeated_parameter", false, call -> call.param("grant_type", "x")),
        refused("not_a_form", false, call -> call.contentType("application/json")),
        refused("body_too_large", false, call -> call.param("x", "x".repeat(65_536))));
  }

  private static Arguments refused(
      String reason, boolean authenticated, UnaryOperator<TokenCall> change) {
    return Arguments.of(reason, authenticated, change);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("refused")
  void refused_isToldWithItsReason(
      String reason, boolean authenticated, UnaryOperator<TokenCall> change) {
    TokenCall.Answer answer = change.apply(TokenCall.to(gateway).clientCredentials()).send();

    JsonObject event = log.eventOf(answer);
    assertThat(event.getMap())
        .containsEntry("outcome", "refused")
        .containsEntry("reason", reason)
        .containsEntry("error", answer.error())
        .containsEntry("source", "127.0.0.1")
        .doesNotContainKeys("jti", "kid", "scope", "audience");
    assertThat(event.containsKey("client_id")).isEqualTo(authenticated);
  }

  @Test
  void refusedAssertion_namesTheClientOnlyAsClaimed() {
    TestKey another = TestKey.generate(SignatureAlgorithm.ES256);

    JsonObject event =
        log.eventOf(
            TestAssertion.call(gateway, another, agent.clientId())
                .param("audience", service.audience())
                .send());

    assertThat(event.getMap())
        .containsEntry("reason", "assertion_key")
        .containsEntry("claimed_client_id", agent.clientId())
        .doesNotContainKey("client_id");
  }

  @Test
  void otherMethod_isADecisionToo() {
    assertThat(log.eventOf(TokenCall.to(gateway).send("PUT")).getString("reason"))
        .isEqualTo("not_post");
  }

  @Test
  void shed_isToldAsAnyOther() {
    // more than an event loop takes in one turn, each answered at once
    String request =
        "POST /oauth2/token HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n"
            + "Content-Type: application/x-www-form-urlencoded\r\n\r\na";
    int count = 10_000;
    Set<String> shed = new HashSet<>();
    try (ByteConnection connection = ByteConnection.to(gateway)) {
      Thread.ofVirtual().start(() -> connection.write(request.repeat(count)));
      for (int i = 0; i < count; i++) {
        ByteConnection.Answer answer = connection.read();
        if (answer.status() == 503) {
          shed.add(answer.headers().get("postern-decision-id"));
        }
      }
    }
    assertThat(shed).isNotEmpty();
    DecisionLines.eventually(() -> overloaded().containsAll(shed));
  }

  private static Set<String> overloaded() {
    return log.all().stream()
        .filter(line -> line.contains("\"reason\":\"overloaded\""))
        .map(line -> new JsonObject(line).getString("decision_id"))
        .collect(Collectors.toSet());
  }

  @Test
  void secretsAssertionsAndTokens_standNowhere() {
    String assertion = TestAssertion.by(key, agent.clientId(), gateway.issuer()).sign();
    TokenCall bySecret = TokenCall.by(gateway, agent).param("audience", service.audience());
    TokenCall byAssertion =
        TokenCall.to(gateway)
            .clientCredentials()
            .param("audience", service.audience())
            .param("client_assertion_type", TestAssertion.TYPE)
            .param("client_assertion", assertion);
    List<TokenCall.Answer> answers =
        List.of(
            bySecret.send(),
            byAssertion.send(),
            // used up now
            byAssertion.send(),
            TokenCall.to(gateway)
                .clientCredentials()
                .param("client_id", agent.clientId())
                .param("client_secret", agent.secret())
                .param("audience", "nowhere")
                .send());
    assertThat(answers).extracting(TokenCall.Answer::status).containsExactly(200, 200, 401, 400);

    answers.forEach(log::lineOf);
    String all = String.join("\n", log.all());
    assertThat(all).doesNotContain(agent.secret());
    for (String jwt :
        List.of(assertion, answers.get(0).accessToken(), answers.get(1).accessToken())) {
      for (String part : jwt.split("\\.", -1)) {
        assertThat(all).doesNotContain(part);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a\n{\"outcome\":\"issued\"}",
        "a\r\nb",
        "\",\"outcome\":\"issued\",\"x\":\"",
        "\\\",\\",
        "\u001b[2J\u0007\u0000",
        "\u0085\u2028\u2029",
        "\u202e\ud83d\ude00é"
      })
  void strangersText_staysWithinItsMember(String text) {
    JsonObject event =
        log.eventOf(
            TokenCall.to(gateway)
                .basic(text, "x")
                .clientCredentials()
                .param("audience", text)
                .param("scope", text)
                .send());

    assertThat(event.getMap())
        .containsEntry("outcome", "refused")
        .containsEntry("claimed_client_id", text)
        .containsEntry("audience_asked", text)
        .containsEntry("scope_asked", text)
        .doesNotContainKey("x");
  }

  @Test
  void strangersText_isNotCutWithinACharacter() {
    String text = "a".repeat(254) + "\ud83d\ude00".repeat(2);

    JsonObject event =
        log.eventOf(
            TokenCall.to(gateway)
                .basic("x", "x")
                .clientCredentials()
                .param("audience", text)
                .send());

    assertThat(event.getString("audience_asked")).isEqualTo("a".repeat(254) + "…");
  }

  @Test
  void strangersText_ofAnyLength_takesBoundedRoom() {
    // each character takes three bytes in the request and six in the log
    String text = "\n".repeat(10_000);

    TokenCall.Answer answer =
        TokenCall.to(gateway)
            .clientCredentials()
            .param("client_id", "c".repeat(10_000))
            .param("client_secret", "x")
            .param("audience", "a".repeat(10_000))
            .param("scope", text)
            .send();

    JsonObject event = log.eventOf(answer);
    assertThat(event.getString("claimed_client_id")).isEqualTo("c".repeat(255) + "…");
    assertThat(event.getString("audience_asked")).isEqualTo("a".repeat(255) + "…");
    assertThat(event.getString("scope_asked")).isEqualTo("\n".repeat(1024) + "…");
    assertThat(log.lineOf(answer)).hasSizeLessThan(8_000);
  }
}
