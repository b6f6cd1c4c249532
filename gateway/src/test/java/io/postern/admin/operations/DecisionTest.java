package io.postern.admin.operations;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.postern.decision.DecisionSettings;
import io.postern.jose.SignatureAlgorithm;
import io.postern.oauth.Refusal;
import io.postern.testing.Administrator;
import io.postern.testing.Administrator.Answer;
import io.postern.testing.ChangedSettings;
import io.postern.testing.DecisionLines;
import io.postern.testing.TestAssertion;
import io.postern.testing.TestGateway;
import io.postern.testing.TestKey;
import io.postern.testing.TestRegistry;
import io.postern.testing.TokenCall;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What an administrator finds behind {@code Postern-Decision-Id}. */
class DecisionTest {
  private static final int KEPT = 5;

  private static TestGateway gateway;
  private static Administrator admin;
  private static TestRegistry.Agent agent;
  private static TestRegistry.Resource service;

  @BeforeAll
  static void start() {
    gateway =
        TestGateway.start(
            ChangedSettings.decisions(
                new DecisionSettings(false, new DecisionSettings.Destination.None(), 1_024, KEPT)));
    admin = Administrator.of(gateway);
    agent = gateway.registry().agent();
    service = gateway.registry().service("read", "write");
    gateway.registry().grant(agent, service, "read");
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static TokenCall call() {
    return TokenCall.by(gateway, agent);
  }

  private static JsonNode decisionOf(TokenCall.Answer answer) {
    String path = "/decisions/" + answer.header("Postern-Decision-Id");
    // told after the answer
    DecisionLines.eventually(() -> admin.get(path).status() == 200);
    return admin.get(path).json();
  }

  private static List<String> list(String query) {
    Answer answer = admin.get("/decisions?" + query);
    assertThat(answer.status()).as(answer.json().toString()).isEqualTo(200);
    return answer.json().findValuesAsText("decision_id");
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Test
  void refusal_hasTheReasonThatTheClientIsNotTold() {
    TokenCall.Answer answer =
        TokenCall.to(gateway)
            .basic(agent.clientId(), "wrong")
            .clientCredentials()
            .param("audience", service.audience())
            .send();
    assertThat(answer.json().getString("error_description"))
        .isEqualTo("client authentication failed");

    JsonNode decision = decisionOf(answer);
    assertThat(decision.path("outcome").asText()).isEqualTo("refused");
    assertThat(decision.path("reason").asText()).isEqualTo("wrong_secret");
    assertThat(decision.path("error").asText()).isEqualTo("invalid_client");
    assertThat(decision.path("error_description").asText())
        .isEqualTo("client authentication failed");
    assertThat(decision.path("time").asText()).matches("[0-9T:-]{19}(\\.\\d{1,6})?Z");
    assertThat(decision.path("client_id").isNull()).isTrue();
    assertThat(decision.path("claimed_client_id").asText()).isEqualTo(agent.clientId());
    assertThat(decision.path("auth_method").asText()).isEqualTo("client_secret_basic");
    assertThat(decision.path("audience_asked").asText()).isEqualTo(service.audience());
    assertThat(decision.path("source").asText()).isEqualTo("127.0.0.1");
  }

  @Test
  void token_isToldAsInTheDecisionLog() throws Exception {
    TokenCall.Answer answer = call().param("scope", "read write").send();

    JsonNode decision = decisionOf(answer);
    assertThat(decision.path("outcome").asText()).isEqualTo("issued");
    assertThat(decision.path("reason").isNull()).isTrue();
    assertThat(decision.path("client_id").asText()).isEqualTo(agent.clientId());
    assertThat(decision.path("scope_asked").asText()).isEqualTo("read write");
    assertThat(decision.path("scope").asText()).isEqualTo("read");
    assertThat(decision.path("audience").asText()).isEqualTo(service.audience());
    assertThat(decision.path("jti").asText()).isEqualTo(answer.jwt().getJWTClaimsSet().getJWTID());
    assertThat(decision.path("expires_at").asText())
        .isEqualTo(answer.jwt().getJWTClaimsSet().getExpirationTime().toInstant().toString());
  }

  // most servers take 8 kB of a header line, and a token is in one
  @Test
  void token_tooLongForMostServers_saysSo() {
    String[] scopes =
        IntStream.range(0, 1000).mapToObj("scope:%04d"::formatted).toArray(String[]::new);
    TestRegistry.Resource large = gateway.registry().service(scopes);
    TestRegistry.Agent other = gateway.registry().agent();
    gateway.registry().grant(other, large, scopes);

    TokenCall.Answer answer = TokenCall.by(gateway, other).send();
    TokenCall.Answer small = TokenCall.by(gateway, other).param("scope", "scope:0001").send();

    assertThat(decisionOf(answer).path("oversized_token_bytes").asInt())
        .isEqualTo(answer.accessToken().length())
        .isGreaterThan(8000);
    assertThat(decisionOf(small).has("oversized_token_bytes")).isFalse();
  }

  @Test
  void manyTokens_pushOutNoRefusal() {
    TokenCall.Answer refused = call().param("audience", "urn:other").send();
    TokenCall.Answer first = call().send();
    decisionOf(first);
    for (int i = 0; i < KEPT; i++) {
      decisionOf(call().send());
    }
    assertThat(decisionOf(refused).path("reason").asText()).isEqualTo("unknown_target");

    Answer forgotten = admin.get("/decisions/" + first.header("Postern-Decision-Id"));
    assertThat(forgotten.status()).isEqualTo(404);
    assertThat(forgotten.text("detail")).contains("forgotten", "another gateway");
  }

  @Test
  void filters_leaveWhatIsAskedFor() {
    TestRegistry.Agent other = gateway.registry().agent();
    String noGrant = decisionOf(TokenCall.by(gateway, other).send()).path("decision_id").asText();
    String claimed =
        decisionOf(TokenCall.to(gateway).basic(other.clientId(), "x").clientCredentials().send())
            .path("decision_id")
            .asText();
    gateway.registry().grant(other, service, "read");
    String issued = decisionOf(TokenCall.by(gateway, other).send()).path("decision_id").asText();

    String own = "client_id=" + other.clientId();
    assertThat(list(own)).containsExactly(issued, claimed, noGrant);
    assertThat(list(own + "&outcome=issued")).containsExactly(issued);
    assertThat(list(own + "&outcome=refused")).containsExactly(claimed, noGrant);
    assertThat(list(own + "&reason=no_grant")).containsExactly(noGrant);
    assertThat(list(own + "&reason=no_grant&outcome=issued")).isEmpty();
    long number = admin.get("/decisions/" + claimed).json().path("number").asLong();
    assertThat(list(own + "&after=" + number)).containsExactly(issued);
  }

  @Test
  void presentedTokens_areToldWithWhyTheyAreNotActive() {
    TestRegistry.Agent other = gateway.registry().agent();
    gateway.registry().grant(other, service, "read");
    String token = TokenCall.by(gateway, other).send().accessToken();
    JsonNode active = decisionOf(present("introspect", other, token));
    assertThat(active.path("operation").asText()).isEqualTo("introspect");
    assertThat(active.path("outcome").asText()).isEqualTo("introspected");
    assertThat(active.path("active").asBoolean()).isTrue();
    assertThat(active.path("reason").isNull()).isTrue();
    assertThat(active.path("token_client_id").asText()).isEqualTo(other.clientId());
    JsonNode revoked = decisionOf(present("revoke", other, token));
    assertThat(revoked.path("jti")).isEqualTo(active.path("jti"));
    JsonNode ended = decisionOf(present("introspect", other, token));
    assertThat(ended.path("active").asBoolean()).isFalse();
    assertThat(ended.path("reason").asText()).isEqualTo("ended");
    String own = "client_id=" + other.clientId();
    assertThat(list(own + "&reason=ended")).containsExactly(ended.path("decision_id").asText());
    assertThat(list(own + "&outcome=revoked"))
        .containsExactly(revoked.path("decision_id").asText());
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
  void reason_thatIsNone_isABadRequestThatNamesThem() {
    Answer answer = admin.get("/decisions?reason=wrong-secret");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().at("/errors/0/detail").asText())
        .contains(Arrays.stream(Refusal.values()).map(Refusal::label).toList());
    for (String query : List.of("outcome=denied", "after=x", "after=-1", "client=x")) {
      assertThat(admin.get("/decisions?" + query).status()).as(query).isEqualTo(400);
    }
  }

  @Test
  void pages_areStable_whileOthersAsk() {
    List<String> made = new ArrayList<>();
    for (int i = 0; i < KEPT; i++) {
      made.addFirst(decisionOf(call().param("scope", " ").send()).path("decision_id").asText());
    }
    List<String> seen = new ArrayList<>();
    String cursor = "";
    do {
      Answer page = admin.get("/decisions?reason=malformed_scope&limit=2" + cursor);
      page.json().path("items").forEach(item -> seen.add(item.path("decision_id").asText()));
      decisionOf(call().send());
      JsonNode next = page.json().path("next_cursor");
      cursor = next.isNull() ? "" : "&cursor=" + next.asText();
    } while (!cursor.isEmpty());
    assertThat(seen).containsExactlyElementsOf(made);
  }

  @Test
  void strangersText_isJsonOfPrintableAscii_andCut() {
    String text = "\u001b[2J\u009b31m\u2028\u202e" + "a".repeat(2_000);
    TokenCall.Answer answer =
        TokenCall.to(gateway)
            .clientCredentials()
            .param("client_id", text)
            .param("client_secret", "x")
            .param("scope", text)
            .send();
    decisionOf(answer);
    HttpRequest request =
        HttpRequest.newBuilder(
                gateway.managementUri(
                    "/admin/v1/decisions?client_id=" + encoded(text.substring(0, 255) + "…")))
            .header("Authorization", "Bearer " + adminToken())
            .build();
    String body = gateway.send(request).body();
    assertThat(body).contains("\\u009b31m\\u2028\\u202e").hasSizeLessThan(4_000).matches("[ -~…]*");
  }

  private static String adminToken() {
    return TokenCall.to(gateway)
        .basic("postern-admin", TestGateway.ADMIN_SECRET)
        .clientCredentials()
        .param("audience", "urn:postern:admin")
        .send()
        .accessToken();
  }

  @Test
  void secretsAssertionsAndTokens_standNowhere() {
    TestKey key = TestKey.generate(SignatureAlgorithm.ES256);
    gateway.registry().key(agent, key.jwk());
    String assertion = TestAssertion.by(key, agent.clientId(), gateway.issuer()).sign();
    TokenCall byAssertion =
        TokenCall.to(gateway)
            .clientCredentials()
            .param("client_assertion_type", TestAssertion.TYPE)
            .param("client_assertion", assertion);
    List<TokenCall.Answer> answers =
        List.of(
            call().send(),
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
    answers.forEach(DecisionTest::decisionOf);

    String all = admin.get("/decisions?limit=500").json().toString();
    assertThat(all).doesNotContain(agent.secret());
    for (String jwt :
        List.of(assertion, answers.get(0).accessToken(), answers.get(1).accessToken())) {
      for (String part : jwt.split("\\.", -1)) {
        assertThat(all).doesNotContain(part);
      }
    }
  }

  @Test
  void off_isSaid() {
    try (TestGateway forgetful =
        TestGateway.start(
            ChangedSettings.decisions(
                new DecisionSettings(true, new DecisionSettings.Destination.None(), 1_024, 0)))) {
      Administrator other = Administrator.of(forgetful);
      for (String path : List.of("/decisions", "/decisions/x")) {
        Answer answer = other.get(path);
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.text("detail")).contains("POSTERN_DECISION_MEMORY");
      }
    }
  }

  @Test
  void withoutTheRightToRead_nothingIsTold() {
    assertThat(Administrator.withScope(gateway, "admin:write").get("/decisions").status())
        .isEqualTo(403);
  }
}
