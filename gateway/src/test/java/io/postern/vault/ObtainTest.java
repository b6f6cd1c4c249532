package io.postern.vault;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.postern.testing.TestGateway;
import io.postern.testing.TestRegistry;
import io.postern.testing.TokenCall;
import io.postern.testing.Vault;
import io.vertx.core.json.JsonObject;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The vault over HTTP: what an agent is handed, and when it is not. */
class ObtainTest {
  private static TestGateway gateway;
  private static TestRegistry registry;

  @BeforeAll
  static void start() {
    gateway = TestGateway.start();
    registry = gateway.registry();
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static String token(TestRegistry.Agent agent) {
    return Vault.token(gateway, agent);
  }

  private static HttpResponse<String> obtain(String token, String identifier) {
    return Vault.obtain(gateway, token, identifier);
  }

  private static void assertProblem(HttpResponse<String> answer, int status, String type) {
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
    assertThat(answer.headers().firstValue("content-type")).hasValue("application/problem+json");
    assertThat(answer.headers().firstValue("postern-decision-id")).isPresent();
    assertThat(new JsonObject(answer.body()).getString("type"))
        .isEqualTo("urn:postern:problem:" + type);
  }

  @Test
  void linked_isHandedTheNewestValue() {
    TestRegistry.Agent agent = registry.agent();
    TestRegistry.Hosted key = registry.apiKey("sk-first");
    registry.link(agent, key, "obtain");
    String token = token(agent);
    HttpResponse<String> answer = obtain(token, key.identifier());
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("cache-control")).hasValue("no-store");
    assertThat(answer.headers().firstValue("postern-decision-id")).isPresent();
    assertThat(new JsonObject(answer.body()))
        .isEqualTo(
            new JsonObject()
                .put("identifier", key.identifier())
                .put("kind", "api_key")
                .put("value", "sk-first"));

    registry.value(key, "sk-\"second\" ü");
    assertThat(new JsonObject(obtain(token, key.identifier()).body()).getString("value"))
        .isEqualTo("sk-\"second\" ü");
  }

  @Test
  void unlinked_isUnknown_atOnce() {
    TestRegistry.Agent agent = registry.agent();
    TestRegistry.Hosted key = registry.apiKey("sk");
    TestRegistry.Hosted other = registry.apiKey("sk-other");
    registry.link(agent, key, "obtain");
    String token = token(agent);
    assertProblem(obtain(token, other.identifier()), 404, "not-found");
    assertProblem(obtain(token, "no-such-key"), 404, "not-found");
    registry.run("delete from credential_link where client_id = ?", agent.clientId());
    assertProblem(obtain(token, key.identifier()), 404, "not-found");
    TokenCall.Answer refused =
        TokenCall.by(gateway, agent).param("audience", Vault.AUDIENCE).send();
    assertThat(refused.status()).isEqualTo(400);
    assertThat(refused.response().body()).contains("invalid_target");
  }

  @Test
  void expiredLink_givesNothing_andTheTokenHasWhatTheOthersGive() {
    TestRegistry.Agent agent = registry.agent();
    TestRegistry.Hosted key = registry.apiKey("sk");
    registry.link(agent, key, "obtain");
    TestRegistry.Hosted relayed =
        registry.apiKey("sk", "{\"base_url\":\"https://api.example.com\"}");
    registry.link(agent, relayed, "relay");
    String token = token(agent);
    registry.run(
        "update credential_link set expires_at = now() - interval '1 s' where credential_id = ?",
        key.id());
    assertProblem(obtain(token, key.identifier()), 404, "not-found");
    TokenCall call = TokenCall.by(gateway, agent).param("audience", Vault.AUDIENCE);
    assertThat(call.send().scope()).isEqualTo("credential:relay");
    registry.run(
        "update credential_link set expires_at = now() - interval '1 s' where client_id = ?",
        agent.clientId());
    assertThat(call.send().error()).isEqualTo("invalid_target");
  }

  @Test
  void linkForTheRelayAlone_isForbidden() {
    TestRegistry.Agent agent = registry.agent();
    TestRegistry.Hosted relayed =
        registry.apiKey("sk", "{\"base_url\":\"https://api.example.com\"}");
    registry.link(agent, relayed, "relay");
    assertProblem(obtain(token(agent), relayed.identifier()), 403, "insufficient-scope");
    TestRegistry.Hosted obtained = registry.apiKey("sk");
    registry.link(agent, obtained, "obtain");
    assertProblem(obtain(token(agent), relayed.identifier()), 403, "access-not-linked");
  }

  @Test
  void expired_isForbidden() {
    TestRegistry.Agent agent = registry.agent();
    TestRegistry.Hosted key = registry.apiKey("sk");
    registry.link(agent, key, "obtain");
    String token = token(agent);
    registry.run(
        "update hosted_credential set expires_at = now() - interval '1 s' where credential_id = ?",
        key.id());
    assertProblem(obtain(token, key.identifier()), 403, "credential-expired");
  }

  @Test
  void badTokens_areRefused() {
    TestRegistry.Agent agent = registry.agent();
    TestRegistry.Hosted key = registry.apiKey("sk");
    registry.link(agent, key, "obtain");
    TestRegistry.Resource service = registry.service("read");
    registry.grant(agent, service, "read");
    String elsewhere = TokenCall.by(gateway, agent).send().accessToken();
    assertProblem(obtain(elsewhere, key.identifier()), 401, "invalid-token");
    assertProblem(obtain("no.such.token", key.identifier()), 401, "invalid-token");
    HttpResponse<String> none =
        gateway.get(gateway.publicUri("/vault/v1/credentials/" + key.identifier()));
    assertProblem(none, 401, "unauthenticated");
    assertThat(none.headers().firstValue("www-authenticate"))
        .hasValue("Bearer realm=\"postern-vault\"");
    String token = token(agent);
    registry.run("update application set status = 'disabled' where id = ?", agent.clientId());
    assertProblem(obtain(token, key.identifier()), 401, "invalid-token");
  }

  @Test
  void grantOnTheVault_cannotBeMadeBySql() {
    TestRegistry.Agent agent = registry.agent();
    assertThat(
            catchThrowable(
                () ->
                    registry.run(
                        "insert into resource_grant (client_id, resource_id, scopes)"
                            + " values (?, 'postern-vault', '{credential:obtain}')",
                        agent.clientId())))
        .hasMessageContaining("follows from links");
  }

  @Test
  void linkCounts_forNoRequestThatNamesNoAudience() {
    TestRegistry.Agent agent = registry.agent();
    TestRegistry.Resource service = registry.service("read");
    registry.grant(agent, service, "read");
    registry.link(agent, registry.apiKey("sk"), "obtain");
    TokenCall.Answer answer = TokenCall.by(gateway, agent).send();
    assertThat(answer.status()).isEqualTo(200);
  }

  @Test
  void limitOfTheLink_isHeld() {
    TestRegistry.Agent agent = registry.agent();
    TestRegistry.Hosted key = registry.apiKey("sk");
    registry.link(agent, key, "obtain");
    registry.run(
        "update credential_link set requests_per_minute = 2 where client_id = ?", agent.clientId());
    String token = token(agent);
    assertThat(obtain(token, key.identifier()).statusCode()).isEqualTo(200);
    assertThat(obtain(token, key.identifier()).statusCode()).isEqualTo(200);
    HttpResponse<String> third = obtain(token, key.identifier());
    assertProblem(third, 429, "too-many-requests");
    assertThat(third.headers().firstValueAsLong("retry-after").orElse(0)).isBetween(1L, 30L);
  }
}
