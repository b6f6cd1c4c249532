package io.postern.admin.operations;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.testing.Administrator;
import io.postern.testing.Administrator.Answer;
import io.postern.testing.TestGateway;
import io.postern.testing.TestRegistry;
import io.postern.testing.TestRegistry.Agent;
import io.postern.testing.TestRegistry.Resource;
import io.postern.testing.TokenCall;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Every explanation is held against what the token endpoint answers at that moment. */
class ExplainTest {
  private static TestGateway gateway;
  private static TestRegistry registry;
  private static Administrator admin;
  private final Agent agent = registry.agent();

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

  @Test
  void explain_grantedAndNot_tellsEachScope() {
    Resource crm = service("read", "write", "purge");
    Resource billing = service("pay");
    registry.grant(agent, crm, "read", "write");
    registry.grant(agent, billing, "pay");

    JsonNode told = explain(crm.audience(), "write purge pay nothing read");
    assertThat(reasons(told))
        .containsExactly(
            "write granted",
            "purge not_granted",
            "pay granted_elsewhere",
            "nothing unknown_scope",
            "read granted");
    assertThat(told.at("/scopes/2/granted_on/0").asText()).isEqualTo(billing.audience());
    assertThat(told.path("outcome").asText()).isEqualTo("issue");
    assertThat(told.path("reason").isNull()).isTrue();
    assertThat(told.path("scope").asText()).isEqualTo("read write");
    assertThat(told.path("revision").longValue())
        .isEqualTo(admin.get("/index").json().path("revision").longValue());
  }

  @Test
  void explain_allFormsOfTheScopeParameter_areUnderstood() {
    Resource crm = service("read", "write");
    registry.grant(agent, crm, "read", "write");
    registry.grant(agent, service("other"), "other");

    assertThat(reasons(explain(null, crm.audience() + "|read"))).containsExactly("read granted");
    for (JsonNode all :
        List.of(
            explain(crm.audience(), null),
            explain(crm.audience(), ".all"),
            explain(crm.audience(), ""),
            explain(null, crm.audience() + "|.all"))) {
      assertThat(reasons(all)).containsExactly("read granted", "write granted");
    }
    assertRefused(explain(crm.audience(), "urn:other|read"), "several_targets");
    assertRefused(explain(crm.audience(), "read  write"), "malformed_scope");
    assertRefused(explain(crm.audience(), "a".repeat(256)), "scope_too_long");
  }

  @Test
  void explain_issue_tellsLifeAndAlgorithmOfTheTarget() {
    Resource crm = service("read");
    registry.run(
        "update application set access_token_ttl_seconds = 77, signing_alg = 'RS256' where id = ?",
        crm.id());
    registry.grant(agent, crm, "read");
    JsonNode told = explain(null, null);
    assertThat(told.path("audience").asText()).isEqualTo(crm.audience());
    assertThat(told.path("access_token_ttl").intValue()).isEqualTo(77);
    assertThat(told.path("signing_alg").asText()).isEqualTo("RS256");
  }

  @Test
  void explain_target_tellsWhyItIsNone() {
    Resource crm = service("read");
    Resource billing = service("read", "pay");
    assertRefused(explain(null, null), "no_grant");
    assertRefused(explain("urn:nobody", "read"), "unknown_target");
    assertRefused(explain(crm.audience(), "read"), "ungranted_target");

    registry.grant(agent, crm, "read");
    registry.grant(agent, billing, "pay");
    JsonNode several = explain(null, "pay");
    assertRefused(several, "no_target");
    assertThat(several.path("audience").isNull()).isTrue();
    assertThat(reasons(several)).containsExactly("pay granted_elsewhere");
    assertThat(several.at("/scopes/0/granted_on/0").asText()).isEqualTo(billing.audience());
    assertRefused(explain(crm.audience(), "pay"), "nothing_granted");
  }

  @Test
  void explain_expiredGrant_isToldFromNone() {
    Resource crm = service("read");
    registry.grant(agent, crm, "read");
    registry.run(
        "update resource_grant set expires_at = now() - interval '1 s' where client_id = ?",
        agent.clientId());
    JsonNode told = explain(crm.audience(), "read");
    assertRefused(told, "grant_expired");
    assertThat(reasons(told)).containsExactly("read grant_expired");
    assertRefused(explain(null, null), "no_grant");
  }

  @Test
  void explain_disabledTarget_isToldFromAnUnknownOne() {
    Agent callee = registry.agent();
    Resource resource = new Resource(callee.clientId(), "urn:postern:agent:" + callee.clientId());
    registry.grant(agent, resource, "agent.access");
    disable(callee);
    JsonNode told = explain(resource.audience(), null);
    assertRefused(told, "disabled_target");
    assertThat(reasons(told)).containsExactly("agent.access disabled_target");
  }

  @Test
  void explain_disabledAgent_tellsWhatItWouldHave() {
    Resource crm = service("read", "write");
    registry.grant(agent, crm, "read");
    disable(agent);
    JsonNode told = explain(crm.audience(), "read write");
    assertRefused(told, "disabled_client");
    assertThat(reasons(told)).containsExactly("read disabled_client", "write not_granted");
  }

  @Test
  void explain_targetInAnotherSpelling_saysWhatIsMeant() {
    Resource mcp = registry.serviceOf("https://mcp.example", "read");
    Resource api = registry.serviceOf("https://api.example/v1", "read");
    registry.grant(agent, mcp, "read");
    registry.grant(agent, api, "read");

    assertThat(didYouMean(explain("https://mcp.example/", null))).containsExactly(mcp.audience());
    assertThat(didYouMean(explain("https://mcp.example", null))).isEmpty();
    assertThat(didYouMean(explain("https://other.example", null))).isEmpty();
    JsonNode found = explainResource("HTTPS://mcp.example:443/");
    assertThat(found.path("outcome").asText()).isEqualTo("issue");
    assertThat(found.path("audience").asText()).isEqualTo(mcp.audience());
    assertThat(didYouMean(found)).isEmpty();
    for (String near : List.of("https://api.example/v1/", "http://api.example/V1")) {
      JsonNode told = explainResource(near);
      assertRefused(told, "unknown_target");
      assertThat(didYouMean(told)).containsExactly(api.audience());
    }
  }

  private static List<String> didYouMean(JsonNode told) {
    List<String> audiences = new ArrayList<>();
    told.path("did_you_mean").forEach(audience -> audiences.add(audience.asText()));
    return audiences;
  }

  private JsonNode explainResource(String resource) {
    ObjectNode body = JsonNodeFactory.instance.objectNode();
    body.put("client_id", agent.clientId()).put("resource", resource);
    JsonNode told = admin.post("/explain", body.toString()).json();
    TokenCall.Answer answer = TokenCall.by(gateway, agent).param("resource", resource).send();
    boolean issued = told.path("outcome").asText().equals("issue");
    assertThat(answer.status()).isEqualTo(issued ? 200 : 400);
    return told;
  }

  @Test
  void explain_withoutALiveCredential_isRefused() {
    Resource crm = service("read");
    registry.grant(agent, crm, "read");
    registry.run(
        "update client_secret set expires_at = now() - interval '1 s' where client_id = ?",
        agent.clientId());
    assertRefused(explain(crm.audience(), "read"), "no_live_credential");
  }

  @Test
  void explain_rateLimit_isToldAndNotUsedUp() {
    registry.grant(agent, service("read"), "read");
    registry.run("update application set tokens_per_minute = 1 where id = ?", agent.clientId());
    for (int i = 0; i < 3; i++) {
      assertThat(told(agent.clientId(), null, null).text("outcome")).isEqualTo("issue");
    }
    assertThat(TokenCall.by(gateway, agent).send().status()).isEqualTo(200);
    Answer told = told(agent.clientId(), null, null);
    assertThat(told.text("reason")).isEqualTo("too_many_tokens");
    assertThat(told.json().path("retry_after").intValue()).isBetween(1, 60);
  }

  @Test
  void explain_unknownAgent_isAnExplanationToo() {
    Answer told = told("nobody", null, "read");
    assertThat(told.status()).isEqualTo(200);
    assertThat(told.text("reason")).isEqualTo("unknown_client");
    assertThat(reasons(told.json())).containsExactly("read not_granted");
  }

  @Test
  void explain_faults_areReportedAtOnce() {
    Answer answer =
        admin.post("/explain", "{\"audience\": 1, \"scope\": [], \"resources\": \"x\"}");
    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.json().path("errors").findValuesAsText("pointer"))
        .containsExactlyInAnyOrder("/client_id", "/audience", "/scope", "/resources");
    assertThat(admin.get("/explain").status()).isEqualTo(405);
  }

  @Test
  void explain_isReading_inAnySpellingOfItsPath() {
    String body = "{\"client_id\": \"nobody\"}";
    Administrator reader = Administrator.withScope(gateway, "admin:read");
    Administrator writer = Administrator.withScope(gateway, "admin:write");
    assertThat(reader.post("/explain", body).status()).isEqualTo(200);
    assertThat(reader.post("/%65xplain", body).status()).isEqualTo(200);
    assertThat(writer.post("/explain", body).status()).isEqualTo(403);
    assertThat(writer.post("/%65xplain", body).status()).isEqualTo(403);
    assertThat(reader.post("/agents", "{\"name\": \"a\"}").status()).isEqualTo(403);
  }

  private static Resource service(String... scopes) {
    return registry.service(scopes);
  }

  private static void disable(Agent agent) {
    registry.run("update application set status = 'disabled' where id = ?", agent.clientId());
  }

  /** The explanation of this agent's request, which is what the token endpoint does with it. */
  private JsonNode explain(@Nullable String audience, @Nullable String scope) {
    TokenCall call = TokenCall.by(gateway, agent);
    if (audience != null) {
      call.param("audience", audience);
    }
    if (scope != null) {
      call.param("scope", scope);
    }
    TokenCall.Answer answer = call.send();
    JsonNode told = told(agent.clientId(), audience, scope).json();
    if (told.path("outcome").asText().equals("issue")) {
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.scope()).isEqualTo(told.path("scope").asText());
      assertThat(answer.json().getLong("expires_in"))
          .isEqualTo(told.path("access_token_ttl").longValue());
      assertThat(answer.jwt().getHeader().getAlgorithm().getName())
          .isEqualTo(told.path("signing_alg").asText());
    } else {
      assertThat(answer.error()).isEqualTo(told.path("error").asText());
      assertThat(answer.json().getString("error_description"))
          .isEqualTo(told.path("error_description").asText());
    }
    return told;
  }

  private static Answer told(String clientId, @Nullable String audience, @Nullable String scope) {
    ObjectNode body = JsonNodeFactory.instance.objectNode().put("client_id", clientId);
    body.put("audience", audience);
    body.put("scope", scope);
    return admin.post("/explain", body.toString());
  }

  private static void assertRefused(JsonNode told, String reason) {
    assertThat(told.path("outcome").asText()).isEqualTo("refuse");
    assertThat(told.path("reason").asText()).isEqualTo(reason);
    for (String ofAToken : List.of("scope", "access_token_ttl", "signing_alg")) {
      assertThat(told.path(ofAToken).isNull()).isTrue();
    }
  }

  private static List<String> reasons(JsonNode told) {
    List<String> reasons = new ArrayList<>();
    for (JsonNode scope : told.path("scopes")) {
      reasons.add(scope.path("value").asText() + " " + scope.path("reason").asText());
    }
    return reasons;
  }
}
