package io.postern.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import io.postern.jose.SignatureAlgorithm;
import io.postern.testing.CapturedLog;
import io.postern.testing.TestAssertion;
import io.postern.testing.TestGateway;
import io.postern.testing.TestKey;
import io.postern.testing.TestRegistry;
import io.postern.testing.TokenCall;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The main job, from the bootstrap secret to a token, through nothing but HTTP. */
class AdministratorToTokenTest {
  private TestGateway gateway;
  private String adminToken;

  @BeforeEach
  void start() {
    gateway = TestGateway.start();
    adminToken =
        TokenCall.to(gateway)
            .basic("postern-admin", TestGateway.ADMIN_SECRET)
            .clientCredentials()
            .param("audience", "urn:postern:admin")
            .send()
            .accessToken();
  }

  @AfterEach
  void stop() {
    gateway.close();
  }

  @Test
  void agentWithSecret_getsWhatItWasGranted_andLosesItWithTheGrant() throws Exception {
    String serviceId = createService("https://billing.example.com");
    String clientId = createAgent("Invoice clerk");
    String secret =
        admin("POST", "/agents/" + clientId + "/secrets", new JsonObject(), 201)
            .getString("client_secret");
    TestRegistry.Agent agent = new TestRegistry.Agent(clientId, secret);
    assertThat(token(agent).error()).isEqualTo("invalid_target");

    admin("PUT", grantPath(clientId, serviceId), scopes("invoices:read"), 201);
    TokenCall.Answer answer = token(agent);
    assertThat(answer.scope()).isEqualTo("invoices:read");
    assertThat(answer.jwt().getJWTClaimsSet().getAudience())
        .containsExactly("https://billing.example.com");
    assertThat(answer.jwt().getJWTClaimsSet().getSubject()).isEqualTo(clientId);

    admin("PUT", grantPath(clientId, serviceId), scopes("invoices:read", "invoices:pay"), 200);
    assertThat(token(agent).scope()).isEqualTo("invoices:pay invoices:read");

    admin("DELETE", "/services/" + serviceId + "/scopes/invoices:pay", null, 204);
    assertThat(token(agent).scope()).isEqualTo("invoices:read");

    admin("DELETE", grantPath(clientId, serviceId), null, 204);
    assertThat(token(agent).error()).isEqualTo("invalid_target");
  }

  @Test
  void agentWithKey_getsAToken_andIsRefusedWhenDisabled() throws Exception {
    String serviceId = createService("https://ledger.example.com");
    String clientId = createAgent("Ledger clerk");
    TestKey key = TestKey.generate(SignatureAlgorithm.ES256).named("laptop");
    admin(
        "POST",
        "/agents/" + clientId + "/keys",
        new JsonObject().put("jwk", new JsonObject(key.jwk().toJSONString())),
        201);
    admin("PUT", grantPath(clientId, serviceId), scopes("invoices:read"), 201);

    TokenCall.Answer answer = assertion(clientId, key).send();
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.scope()).isEqualTo("invoices:read");

    admin("PATCH", "/agents/" + clientId, new JsonObject().put("status", "disabled"), 200);
    assertThat(assertion(clientId, key).send().error()).isEqualTo("invalid_client");
  }

  @Test
  void anotherGateway_onTheSameDatabase_followsWithinTheWait() throws Exception {
    try (TestGateway other = TestGateway.start(gateway.databaseUrl(), settings -> settings)) {
      String serviceId = createService("https://crm.example.com");
      TestRegistry.Agent agent = gateway.registry().agent();
      HttpResponse<String> granted =
          send("PUT", grantPath(agent.clientId(), serviceId), scopes("invoices:read"));
      String revision = granted.headers().firstValue("Postern-Revision").orElseThrow();

      HttpRequest wait =
          HttpRequest.newBuilder(
                  other.managementUri("/admin/v1/index?timeout=PT10S&min_revision=" + revision))
              .header("Authorization", "Bearer " + tokenFor(other))
              .build();
      assertThat(other.send(wait).statusCode()).isEqualTo(200);
      assertThat(TokenCall.by(other, agent).send().scope()).isEqualTo("invoices:read");
    }
  }

  @Test
  void administratorsToken_livesFiveMinutes() throws Exception {
    TokenCall.Answer answer =
        TokenCall.to(gateway)
            .basic("postern-admin", TestGateway.ADMIN_SECRET)
            .clientCredentials()
            .param("audience", "urn:postern:admin")
            .send();
    assertThat(answer.json().getInteger("expires_in")).isEqualTo(300);
  }

  @Test
  void administrator_disabled_canDoNothingWithItsToken() throws Exception {
    gateway.registry().run("update application set status = 'disabled' where id = 'postern-admin'");
    assertThat(send("GET", "/agents", null).statusCode()).isEqualTo(401);
    assertThat(send("POST", "/agents", new JsonObject().put("name", "x")).statusCode())
        .isEqualTo(401);
  }

  @Test
  void secretsAndTokens_areInNoLogAtAnyLevel() throws Exception {
    try (CapturedLog ours = CapturedLog.of("io.postern", Level.TRACE);
        CapturedLog vertx = CapturedLog.of("io.vertx", Level.TRACE)) {
      String clientId = createAgent("Quiet one");
      String secret =
          admin("POST", "/agents/" + clientId + "/secrets", new JsonObject(), 201)
              .getString("client_secret");
      String serviceId = createService("https://quiet.example.com");
      admin("PUT", grantPath(clientId, serviceId), scopes("invoices:read"), 201);
      String token = token(new TestRegistry.Agent(clientId, secret)).accessToken();
      token(new TestRegistry.Agent(clientId, secret + "-wrong"));
      send("POST", "/agents/" + clientId + "/keys", new JsonObject().put("jwk", privateJwk()));

      assertThat(ours.lines())
          .noneMatch(line -> line.contains(secret))
          .noneMatch(line -> line.contains(token))
          .noneMatch(line -> line.contains(adminToken))
          .noneMatch(line -> line.contains(TestGateway.MASTER_KEY))
          .noneMatch(line -> line.contains(TestGateway.ADMIN_SECRET));
      assertThat(vertx.lines())
          .noneMatch(line -> line.contains(secret))
          .noneMatch(line -> line.contains(token))
          .noneMatch(line -> line.contains(adminToken));
    }
  }

  private static JsonObject privateJwk() throws Exception {
    return new JsonObject(new ECKeyGenerator(Curve.P_256).generate().toJSONString());
  }

  private TokenCall.Answer token(TestRegistry.Agent agent) {
    return TokenCall.by(gateway, agent).send();
  }

  private static String tokenFor(TestGateway one) {
    return TokenCall.to(one)
        .basic("postern-admin", TestGateway.ADMIN_SECRET)
        .clientCredentials()
        .param("audience", "urn:postern:admin")
        .send()
        .accessToken();
  }

  private TokenCall assertion(String clientId, TestKey key) {
    String jwt = TestAssertion.by(key, clientId, gateway.issuer()).claim("iat", null).sign();
    return TestAssertion.call(gateway, jwt);
  }

  private String createAgent(String name) {
    return admin("POST", "/agents", new JsonObject().put("name", name), 201).getString("client_id");
  }

  private String createService(String audience) {
    JsonArray scopes =
        new JsonArray()
            .add(new JsonObject().put("value", "invoices:read"))
            .add(new JsonObject().put("value", "invoices:pay"));
    JsonObject body =
        new JsonObject().put("name", "A service").put("audience", audience).put("scopes", scopes);
    return admin("POST", "/services", body, 201).getString("service_id");
  }

  private static String grantPath(String clientId, String serviceId) {
    return "/agents/" + clientId + "/grants/" + serviceId;
  }

  private static JsonObject scopes(String... values) {
    return new JsonObject().put("scopes", new JsonArray(List.of(values)));
  }

  private JsonObject admin(String method, String path, JsonObject body, int expectedStatus) {
    HttpResponse<String> response = send(method, path, body);
    assertThat(response.statusCode()).as(response.body()).isEqualTo(expectedStatus);
    return response.body().isEmpty() ? new JsonObject() : new JsonObject(response.body());
  }

  private HttpResponse<String> send(String method, String path, JsonObject body) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(gateway.managementUri("/admin/v1" + path))
            .header("Authorization", "Bearer " + adminToken);
    if (body == null) {
      request.method(method, HttpRequest.BodyPublishers.noBody());
    } else {
      request
          .header("Content-Type", "application/json")
          .method(method, HttpRequest.BodyPublishers.ofString(body.encode()));
    }
    return gateway.send(request.build());
  }
}
