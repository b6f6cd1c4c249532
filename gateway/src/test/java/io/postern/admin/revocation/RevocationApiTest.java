package io.postern.admin.revocation;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jwt.SignedJWT;
import io.postern.testing.Administrator;
import io.postern.testing.TestGateway;
import io.postern.testing.TestRegistry;
import io.postern.testing.TokenCall;
import io.postern.testing.Vault;
import java.time.Instant;
import java.util.List;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Revocations by the admin API, seen at the vault. */
class RevocationApiTest {
  private static TestGateway gateway;
  private static TestRegistry registry;
  private static Administrator admin;

  private TestRegistry.Agent agent;
  private TestRegistry.Hosted key;

  @BeforeAll
  static void start() {
    gateway = TestGateway.start();
    registry = gateway.registry();
    admin = Administrator.of(gateway);
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @BeforeEach
  void linkAgent() {
    agent = registry.agent();
    key = registry.apiKey("sk");
    registry.link(agent, key, "obtain");
    registry.awaitIndex();
  }

  private int obtain(String token) {
    return Vault.obtain(gateway, token, key.identifier()).statusCode();
  }

  private static Administrator.Answer revoke(String body) {
    return admin.post("/revocations", body);
  }

  private Administrator.Answer revokeAgent(String more) {
    return revoke("{\"agent\": \"%s\"%s}".formatted(agent.clientId(), more));
  }

  @Test
  void agent_itsTokensEnd_andNewOnesCount() {
    String before = Vault.token(gateway, agent);
    Administrator.Answer made = revokeAgent(", \"reason\": \"its host was broken into\"");
    assertThat(made.status()).isEqualTo(201);
    assertThat(made.text("revocation_id")).startsWith("rev_");
    assertThat(made.text("kind")).isEqualTo("client");
    assertThat(made.text("id")).isEqualTo(agent.clientId());
    assertThat(made.text("not_before")).endsWith("Z");
    assertThat(made.json().path("disabled").booleanValue()).isFalse();
    assertThat(made.json().path("affected").path("live_tokens").intValue()).isEqualTo(1);
    assertThat(made.json().path("affected").path("neighbours").findValuesAsText("audience"))
        .containsExactly(Vault.AUDIENCE);
    assertThat(obtain(before)).isEqualTo(401);
    assertThat(obtain(Vault.token(gateway, agent))).isEqualTo(200);
  }

  @Test
  void agent_disabledInTheSameStep_getsNoMore() {
    String before = Vault.token(gateway, agent);
    Administrator.Answer made = revokeAgent(", \"disable\": true, \"reason\": \"gone bad\"");
    assertThat(made.status()).isEqualTo(201);
    assertThat(made.json().path("disabled").booleanValue()).isTrue();
    assertThat(made.json().path("not_before").isNull()).isTrue();
    assertThat(made.text("reason")).isEqualTo("gone bad");
    assertThat(obtain(before)).isEqualTo(401);
    assertThat(TokenCall.by(gateway, agent).param("audience", Vault.AUDIENCE).send().error())
        .isEqualTo("invalid_client");
    assertThat(admin.get("/agents/" + agent.clientId()).text("status")).isEqualTo("disabled");
    // a further one takes nothing back
    assertThat(revokeAgent("").json().path("not_before").isNull()).isTrue();
  }

  @Test
  void dryRun_tellsAndChangesNothing() {
    TestRegistry.Resource service = registry.service("read", "write");
    registry.grant(agent, service, "read");
    registry.awaitIndex();
    String before = Vault.token(gateway, agent);
    Administrator.Answer foreseen = revokeAgent(", \"dry_run\": true, \"disable\": true");
    assertThat(foreseen.status()).isEqualTo(200);
    assertThat(foreseen.json().has("revocation_id")).isFalse();
    assertThat(foreseen.json().path("affected").path("live_tokens").intValue()).isEqualTo(1);
    JsonNode neighbours = foreseen.json().path("affected").path("neighbours");
    assertThat(neighbours.findValuesAsText("audience"))
        .containsExactly(Vault.AUDIENCE, service.audience());
    assertThat(neighbours.path(1).path("scopes").path(0).asText()).isEqualTo("read");
    assertThat(obtain(before)).isEqualTo(200);
    assertThat(admin.get("/agents/" + agent.clientId()).text("status")).isEqualTo("active");
  }

  @Test
  void service_everyTokenForItEnds() throws Exception {
    TestRegistry.Agent callee = registry.agent();
    TestRegistry.Resource resource =
        new TestRegistry.Resource(callee.clientId(), "urn:postern:agent:" + callee.clientId());
    registry.grant(agent, resource, "agent.access");
    registry.awaitIndex();
    Administrator.Answer made = revoke("{\"service\": \"%s\"}".formatted(callee.clientId()));
    assertThat(made.status()).isEqualTo(201);
    assertThat(made.text("kind")).isEqualTo("resource");
    assertThat(made.text("id")).isEqualTo(resource.audience());
    assertThat(made.json().path("affected").path("neighbours").findValuesAsText("id"))
        .containsExactly(agent.clientId());
    // one of the next second
    SignedJWT after =
        TokenCall.by(gateway, agent).param("audience", resource.audience()).send().jwt();
    assertThat(after.getJWTClaimsSet().getIssueTime().toInstant())
        .isAfter(Instant.parse(made.text("not_before")));
  }

  @Test
  void token_endsAlone() throws Exception {
    String ended = Vault.token(gateway, agent);
    String other = Vault.token(gateway, agent);
    String jti = SignedJWT.parse(ended).getJWTClaimsSet().getJWTID();
    Administrator.Answer made = revoke("{\"token\": \"%s\"}".formatted(jti));
    assertThat(made.status()).isEqualTo(201);
    assertThat(made.json().path("affected").path("live_tokens").intValue()).isEqualTo(1);
    assertThat(obtain(ended)).isEqualTo(401);
    assertThat(obtain(other)).isEqualTo(200);
  }

  @Test
  void explain_saysSinceWhen() {
    String about =
        "{\"client_id\": \"%s\", \"audience\": \"%s\"}".formatted(agent.clientId(), Vault.AUDIENCE);
    Administrator.Answer before = admin.post("/explain", about);
    String earlier = before.text("not_before");
    String since = revokeAgent("").text("not_before");
    Administrator.Answer after = admin.post("/explain", about);
    assertThat(after.text("outcome")).isEqualTo("issue");
    assertThat(after.text("not_before")).isEqualTo(since).isNotEqualTo(earlier);
  }

  @Test
  void list_hasOneItemForEachSubject_withWhoEndedItLast() {
    String first = revokeAgent(", \"reason\": \"one\"").text("revocation_id");
    String second = revokeAgent(", \"reason\": \"two\"").text("revocation_id");
    assertThat(second).isNotEqualTo(first);
    List<JsonNode> own =
        StreamSupport.stream(
                admin.get("/revocations?limit=500").json().path("items").spliterator(), false)
            .filter(item -> item.path("id").asText().equals(agent.clientId()))
            .toList();
    assertThat(own).hasSize(1);
    assertThat(own.getFirst().path("revocation_id").asText()).isEqualTo(second);
    assertThat(own.getFirst().path("reason").asText()).isEqualTo("two");
    assertThat(own.getFirst().path("ends_at").asText()).isNotEmpty();
  }

  @Test
  void builtInService_cannotBeDisabled_butRevoked() {
    assertThat(revoke("{\"service\": \"postern-vault\", \"disable\": true}").status())
        .isEqualTo(409);
    assertThat(revoke("{\"service\": \"postern-vault\"}").status()).isEqualTo(201);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"agent\": \"agt_1\", \"token\": \"x\"}",
        "{\"agent\": \"no-such-agent\"}",
        "{\"service\": \"no-such-service\"}",
        "{\"token\": \"a b\"}",
        "{\"token\": \"x\", \"disable\": true}",
        "{\"token\": \"x\", \"reason\": \"\"}",
        "{\"token\": \"x\", \"why\": \"because\"}",
      })
  void whatCannotBe_isRefused(String body) {
    Administrator.Answer answer = revoke(body);
    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.json().path("errors")).isNotEmpty();
  }

  @Test
  void repeat_withItsKey_isTheSameRevocation() {
    String[] header = {"Idempotency-Key", "revoke " + agent.clientId()};
    String body = "{\"agent\": \"%s\"}".formatted(agent.clientId());
    Administrator.Answer first = admin.post("/revocations", body, header);
    Administrator.Answer again = admin.post("/revocations", body, header);
    assertThat(again.status()).isEqualTo(201);
    assertThat(again.text("revocation_id")).isEqualTo(first.text("revocation_id"));
  }
}
