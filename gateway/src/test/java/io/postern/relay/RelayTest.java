package io.postern.relay;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.decision.DecisionEvent;
import io.postern.testing.ByteConnection;
import io.postern.testing.RelayFixture;
import io.postern.testing.TestTarget;
import io.postern.vault.VaultRefusal;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The relay over HTTP: what reaches the target, what comes back, and what is refused. */
class RelayTest {
  private static RelayFixture relay;
  private static TestTarget target;
  private static String key;

  @BeforeAll
  static void start() {
    relay = RelayFixture.start();
    target = TestTarget.of(TestTarget::echo);
    key = relay.credential(target.url() + "/v1");
  }

  @AfterAll
  static void stop() {
    relay.close();
    target.close();
  }

  static void assertProblem(HttpResponse<String> answer, int status, String type) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.headers().firstValue("content-type")).hasValue("application/problem+json");
    assertThat(answer.headers().firstValue("postern-decision-id")).isPresent();
    assertThat(new JsonObject(answer.body()).getString("type"))
        .isEqualTo("urn:postern:problem:" + type);
  }

  private static JsonObject echoed(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    return new JsonObject(answer.body());
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) {
    return relay.gateway().send(request.build());
  }

  @Test
  void call_reachesTheTargetWithTheValue() {
    HttpResponse<String> answer =
        send(relay.request(key + "/chat?a=1&b=%20").POST(BodyPublishers.ofString("{\"q\":1}")));
    JsonObject asked = echoed(answer);
    assertThat(asked.getString("method")).isEqualTo("POST");
    assertThat(asked.getString("uri")).isEqualTo("/v1/chat?a=1&b=%20");
    assertThat(asked.getString("authority")).isEqualTo(target.url().substring("http://".length()));
    assertThat(asked.getString("body")).isEqualTo("{\"q\":1}");
    assertThat(asked.getJsonObject("headers").getJsonArray("authorization"))
        .isEqualTo(new JsonArray().add("Bearer " + RelayFixture.KEY));
    assertThat(relay.decided(answer))
        .isInstanceOfSatisfying(
            DecisionEvent.Result.Relayed.class,
            relayed -> {
              assertThat(relayed.httpMethod()).isEqualTo("POST");
              assertThat(relayed.status()).isEqualTo(200);
              assertThat(relayed.requestBytes()).isEqualTo(7);
              assertThat(relayed.responseBytes()).isEqualTo(answer.body().length());
              assertThat(relayed.inputTokens()).isEqualTo(-1);
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"GET", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"})
  void method_isPassedOn(String method) {
    JsonObject asked =
        echoed(send(relay.request(key + "/x").method(method, BodyPublishers.noBody())));
    assertThat(asked.getString("method")).isEqualTo(method);
    assertThat(asked.getJsonObject("headers").containsKey("transfer-encoding")).isFalse();
  }

  @Test
  void head_hasTheFieldsAlone() {
    try (TestTarget sized =
            TestTarget.of(request -> request.response().putHeader("content-length", "42").end());
        ByteConnection connection = ByteConnection.to(relay.gateway())) {
      String credential = relay.credential(sized.url());
      connection.write(head("HEAD /relay/" + credential + "/x"));
      connection.write(head("GET /relay/" + key + "/x"));
      assertThat(connection.readHead().headers()).containsEntry("content-length", "42");
      assertThat(connection.read().body()).contains("/v1/x");
    }
  }

  @ParameterizedTest
  @CsvSource({"'',/v1", "/,/v1/", "/a%62c,/v1/abc", "/a%2cb,/v1/a%2Cb", "/a?x#,/v1/a?x"})
  void path_isNormal(String rest, String expected) {
    JsonObject asked = echoed(relay.get(key + rest));
    assertThat(asked.getString("uri")).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/../x",
        "/%2e%2e/x",
        "/%2E./x",
        "/a/..",
        "/a/../../x",
        "//x",
        "/a//b",
        "/a%2fb",
        "/a%5cb",
        "/a\\b",
        "/%252e%252e/x",
        "/a/..;x/b",
        "/./x",
        "/a%00b",
        "/a%0ab",
        "/%c",
        "/%zz",
        "/http://other/",
        "/.",
        "/..",
        "/%2e",
        "@other/"
      })
  void unclearPath_isRefused(String rest) {
    try (ByteConnection connection = ByteConnection.to(relay.gateway())) {
      ByteConnection.Answer answer = connection.exchange(head("GET /relay/" + key + rest));
      assertThat(answer.status()).isIn(400, 404);
      assertThat(answer.body()).doesNotContain("/v1");
    }
  }

  @Test
  void absoluteForm_staysBelowTheBase() {
    try (ByteConnection connection = ByteConnection.to(relay.gateway())) {
      ByteConnection.Answer answer =
          connection.exchange(head("GET http://other.example/relay/" + key + "/x"));
      assertThat(new JsonObject(answer.body()).getString("uri")).isEqualTo("/v1/x");
    }
  }

  private static String head(String requestLine, String... fields) {
    StringBuilder head = new StringBuilder(requestLine).append(" HTTP/1.1\r\nHost: gateway\r\n");
    head.append("Authorization: Bearer ").append(relay.token()).append("\r\n");
    for (String field : fields) {
      head.append(field).append("\r\n");
    }
    return head.append("\r\n").toString();
  }

  @Test
  void requestFields_thatAreNotForTheTarget_areTakenAway() {
    try (ByteConnection connection = ByteConnection.to(relay.gateway())) {
      ByteConnection.Answer answer =
          connection.exchange(
              head(
                  "GET /relay/" + key + "/x",
                  "Connection: keep-alive, X-Named, Accept-Language",
                  "Keep-Alive: timeout=5",
                  "Proxy-Connection: keep-alive",
                  "Proxy-Authorization: Basic eDp5",
                  "TE: trailers",
                  "Upgrade: h2c",
                  "HTTP2-Settings: AAMAAABkAAQAAP__",
                  "Expect: 100-continue",
                  "X-Named: 1",
                  "Accept-Language: de",
                  "Cookie: a=b",
                  "Forwarded: for=1.2.3.4",
                  "X-Forwarded-For: 1.2.3.4",
                  "X-Forwarded-Host: h",
                  "x-forwarded-proto: https",
                  "X-Forwarded: x",
                  "X-Real-IP: 1.2.3.4",
                  "Via: 1.1 somebody",
                  "x-api-key: " + relay.token(),
                  "api-key: " + relay.token(),
                  "X-Goog-Api-Key: " + relay.token(),
                  "Origin: https://page.example",
                  "Referer: https://page.example/x",
                  "traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
                  "User-Agent: agent/1",
                  "X-Own: 1",
                  "X-Own: 2"));
      JsonObject headers = new JsonObject(answer.body()).getJsonObject("headers");
      assertThat(headers.fieldNames())
          .containsExactlyInAnyOrder(
              "host",
              "via",
              "authorization",
              "accept-encoding",
              "origin",
              "referer",
              "traceparent",
              "user-agent",
              "x-own");
      assertThat(headers.getJsonArray("via")).isEqualTo(new JsonArray().add("1.1 postern"));
      assertThat(headers.getJsonArray("x-own")).isEqualTo(new JsonArray().add("1").add("2"));
      assertThat(headers.encode()).doesNotContain(relay.token());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"x-api-key", "API-Key", "x-goog-api-key"})
  void token_mayStandWhereSdksPutTheirKeys(String field) {
    HttpRequest request =
        HttpRequest.newBuilder(relay.uri(key + "/x")).header(field, relay.token()).build();
    echoed(relay.gateway().send(request));
  }

  @Test
  void differentTokens_areRefused() {
    assertProblem(
        send(relay.request(key + "/x").header("x-api-key", "another")), 400, "invalid-request");
    HttpRequest none = HttpRequest.newBuilder(relay.uri(key + "/x")).build();
    assertProblem(relay.gateway().send(none), 401, "unauthenticated");
  }

  @Test
  void value_goesWhereTheTargetSays() {
    String header =
        relay.credential(
            new JsonObject()
                .put("base_url", target.url())
                .put("header", "x-api-key")
                .put("prefix", ""));
    JsonObject headers = echoed(relay.get(header + "/x")).getJsonObject("headers");
    assertThat(headers.getJsonArray("x-api-key")).isEqualTo(new JsonArray().add(RelayFixture.KEY));
    assertThat(headers.containsKey("authorization")).isFalse();

    String query =
        relay.credential(
            new JsonObject().put("base_url", target.url()).put("query_parameter", "key"));
    assertThat(echoed(relay.get(query + "/x")).getString("uri"))
        .isEqualTo("/x?key=" + RelayFixture.KEY);
    assertThat(echoed(relay.get(query + "/x?a=1")).getString("uri"))
        .isEqualTo("/x?a=1&key=" + RelayFixture.KEY);
    assertProblem(relay.get(query + "/x?a=1&k%65y=mine"), 400, "unclear-query");
  }

  @Test
  void allowRules_areHeld() {
    String some =
        relay.credential(
            new JsonObject()
                .put("base_url", target.url() + "/v1")
                .put(
                    "allow",
                    new JsonArray()
                        .add(
                            new JsonObject()
                                .put("methods", new JsonArray().add("POST"))
                                .put("path", "/chat/*"))));
    HttpRequest.Builder allowed = relay.request(some + "/chat/c").POST(BodyPublishers.noBody());
    assertThat(send(allowed).statusCode()).isEqualTo(200);
    assertProblem(relay.get(some + "/chat/c"), 403, "not-allowed");
    assertProblem(
        send(relay.request(some + "/models").POST(BodyPublishers.noBody())), 403, "not-allowed");
    assertProblem(
        send(relay.request(key + "/x").method("TRACE", BodyPublishers.noBody())),
        403,
        "not-allowed");
  }

  @Test
  void webSocket_isRefused() {
    try (ByteConnection connection = ByteConnection.to(relay.gateway())) {
      ByteConnection.Answer answer =
          connection.exchange(
              head("GET /relay/" + key + "/x", "Connection: Upgrade", "Upgrade: websocket"));
      assertThat(answer.status()).isEqualTo(501);
    }
  }

  @Test
  void answer_comesAsItIs_butForWhatIsBetweenNeighbours() {
    try (TestTarget odd =
        TestTarget.of(
            request ->
                request
                    .response()
                    .setStatusCode(429)
                    .setStatusMessage("Slow Down")
                    .putHeader("Retry-After", "7")
                    .putHeader("Cache-Control", "public")
                    .putHeader("Expires", "0")
                    .putHeader("Date", "Thu, 01 Jan 1970 00:00:00 GMT")
                    .putHeader("Connection", "X-Hop")
                    .putHeader("X-Hop", "1")
                    .putHeader("Keep-Alive", "timeout=5")
                    .putHeader("Proxy-Authenticate", "Basic")
                    .putHeader("Set-Cookie", "session=shared")
                    .putHeader("Alt-Svc", "h3=\":443\"")
                    .putHeader("Postern-Decision-Id", "mine")
                    .putHeader("X-Request-Id", "r1")
                    .end("{}"))) {
      HttpResponse<String> answer = relay.get(relay.credential(odd.url()) + "/");
      assertThat(answer.statusCode()).isEqualTo(429);
      Map<String, ?> headers = answer.headers().map();
      assertThat(headers.keySet())
          .containsExactlyInAnyOrder(
              "retry-after",
              "cache-control",
              "expires",
              "date",
              "x-request-id",
              "content-length",
              "postern-decision-id");
      assertThat(answer.headers().allValues("postern-decision-id"))
          .hasSize(1)
          .doesNotContain("mine");
      assertThat(answer.headers().firstValue("date")).hasValue("Thu, 01 Jan 1970 00:00:00 GMT");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {204, 304})
  void bodilessAnswer_keepsTheConnection(int status) {
    try (TestTarget empty =
            TestTarget.of(request -> request.response().setStatusCode(status).end());
        ByteConnection connection = ByteConnection.to(relay.gateway())) {
      String credential = relay.credential(empty.url());
      for (int i = 0; i < 2; i++) {
        assertThat(connection.exchange(head("GET /relay/" + credential + "/")).status())
            .isEqualTo(status);
      }
    }
  }

  @Test
  void redirect_comesBack() {
    try (TestTarget redirecting =
        TestTarget.of(
            request ->
                request
                    .response()
                    .setStatusCode(302)
                    .putHeader("Location", target.url() + "/elsewhere")
                    .end())) {
      HttpResponse<String> answer = relay.get(relay.credential(redirecting.url()) + "/");
      assertThat(answer.statusCode()).isEqualTo(302);
      assertThat(answer.headers().firstValue("location")).hasValue(target.url() + "/elsewhere");
    }
  }

  @Test
  void refusal_keepsTheConnection() {
    try (ByteConnection connection = ByteConnection.to(relay.gateway())) {
      assertThat(connection.exchange(head("GET /relay/no-such/x")).status()).isEqualTo(404);
      assertThat(connection.exchange(head("GET /relay/" + key + "/x")).status()).isEqualTo(200);
    }
  }

  @Test
  void connections_areShared() {
    try (TestTarget counting = TestTarget.of(TestTarget::echo)) {
      String credential = relay.credential(counting.url());
      for (int i = 0; i < 20; i++) {
        echoed(relay.get(credential + "/x"));
      }
      // the caller's connection stays on one event loop
      assertThat(counting.connections()).isEqualTo(1);
    }
  }

  @Test
  void targetThatIsNotThere_isToldSo() {
    TestTarget gone = TestTarget.of(TestTarget::echo);
    String credential = relay.credential(gone.url());
    gone.close();
    HttpResponse<String> answer = relay.get(credential + "/x");
    assertProblem(answer, 502, "target-unreachable");
    assertThat(relay.decided(answer))
        .isEqualTo(new DecisionEvent.Result.Refused(VaultRefusal.TARGET_UNREACHABLE));
    assertProblem(
        relay.get(relay.credential("http://no-such-host.invalid") + "/x"),
        502,
        "target-unreachable");
  }

  @Test
  void nameOfAForbiddenAddress_isRefused() {
    try (RelayFixture strict = RelayFixture.start(RelaySettings.DEFAULT)) {
      String http = strict.credential(target.url("localhost"));
      assertProblem(strict.get(http + "/x"), 502, "target-forbidden");
      String https = strict.credential("https://localhost");
      HttpResponse<String> answer = strict.get(https + "/x");
      assertProblem(answer, 502, "target-forbidden");
      assertThat(strict.decided(answer))
          .isEqualTo(new DecisionEvent.Result.Refused(VaultRefusal.ADDRESS_FORBIDDEN));
    }
  }
}
