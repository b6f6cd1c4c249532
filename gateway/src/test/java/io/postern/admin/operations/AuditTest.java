package io.postern.admin.operations;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.postern.testing.Administrator;
import io.postern.testing.Administrator.Answer;
import io.postern.testing.TestGateway;
import io.postern.testing.TestRegistry;
import io.postern.testing.TokenCall;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What is told of changes, by a gateway as it runs. */
class AuditTest {
  private static TestGateway gateway;
  private static Administrator admin;

  @BeforeAll
  static void start() {
    gateway = TestGateway.start();
    admin = Administrator.of(gateway);
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void change_isTold_withWhoWhatWhereBeforeAndAfter() {
    String agent = newAgent("Before");
    Answer patched =
        admin.send("PATCH", "/agents/" + agent, "{\"name\": \"After\", \"status\": \"disabled\"}");
    JsonNode event = events("target=" + agent + "&action=update").getFirst();
    assertThat(event.path("actor").asText()).isEqualTo("postern-admin");
    assertThat(event.path("source").asText()).isEqualTo("127.0.0.1");
    assertThat(event.path("target_type").asText()).isEqualTo("agent");
    assertThat(event.path("target").asText()).isEqualTo(agent);
    assertThat(event.path("revision").asText()).isEqualTo(patched.header("Postern-Revision"));
    assertThat(event.path("occurred_at").asText()).isEqualTo(patched.text("updated_at"));
    assertThat(event.at("/before/name").asText()).isEqualTo("Before");
    assertThat(event.at("/after/name").asText()).isEqualTo("After");
    assertThat(event.at("/after/status").asText()).isEqualTo("disabled");
  }

  @Test
  void target_meansAllThatIsBelowIt_andNothingBeside() {
    String agent = newAgent("Owner");
    admin.post("/agents", "{\"name\": \"a\", \"client_id\": \"%s-2\"}".formatted(agent));
    String secret = admin.post("/agents/" + agent + "/secrets", "{}").text("secret_id");
    admin.send("DELETE", "/agents/" + agent, null);
    assertThat(told(events("target=" + agent)))
        .containsExactlyInAnyOrder(
            "create agent " + agent,
            "create scope " + agent + "/agent.access",
            "create secret " + agent + "/" + secret,
            "delete secret " + agent + "/" + secret,
            "delete scope " + agent + "/agent.access",
            "delete agent " + agent);
    assertThat(told(events("target=" + agent + "/" + secret + "&action=delete")))
        .containsExactly("delete secret " + agent + "/" + secret);
  }

  @Test
  void pages_areStable_whileOthersWrite() {
    List<String> agents = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      agents.addFirst("create agent " + newAgent("Paged"));
    }
    List<String> seen = new ArrayList<>();
    String cursor = "";
    do {
      Answer page = admin.get("/audit-events?action=create&limit=3" + cursor);
      page.json().path("items").forEach(event -> seen.add(told(event)));
      newAgent("Later");
      JsonNode next = page.json().path("next_cursor");
      cursor = next.isNull() ? "" : "&cursor=" + next.asText();
    } while (!cursor.isEmpty());
    assertThat(seen).doesNotHaveDuplicates().containsSubsequence(agents);
    assertThat(seen)
        .hasSizeGreaterThan(10)
        .noneMatch(event -> event.contains("Later"))
        .anyMatch(event -> event.startsWith("create signing_key "))
        .anyMatch(event -> event.startsWith("create data_key "));
  }

  @Test
  void time_isFromAndUpTo() {
    String agent = newAgent("Timed");
    String at = admin.get("/agents/" + agent).text("created_at");
    String later = at.replace("Z", "+00:00");
    assertThat(events("target=" + agent + "&from=" + encoded(later))).hasSize(2);
    assertThat(events("target=" + agent + "&to=" + at)).isEmpty();
    assertThat(events("target=" + agent + "&to=2999-01-01T00:00:00Z")).hasSize(2);
    assertThat(events("target=" + agent + "&from=2999-01-01T00:00:00Z")).isEmpty();
    assertThat(events("target=" + agent + "&actor=postern-admin")).hasSize(2);
    assertThat(events("target=" + agent + "&actor=postern")).isEmpty();
  }

  @Test
  void query_ofNoSense_isABadRequest() {
    for (String query :
        List.of("action=insert", "from=yesterday", "to=2026-01-01", "agent=x", "limit=501")) {
      assertThat(admin.get("/audit-events?" + query).status()).as(query).isEqualTo(400);
    }
    assertThat(Administrator.withScope(gateway, "admin:write").get("/audit-events").status())
        .isEqualTo(403);
  }

  @Test
  void gatewaysOwnChanges_areThoseOfPostern() {
    assertThat(told(events("actor=postern")))
        .anyMatch(event -> event.startsWith("create signing_key "))
        .anyMatch(event -> event.startsWith("create data_key "))
        .contains("create agent postern-admin");
    assertThat(admin.post("/agents", "{\"name\": \"x\", \"client_id\": \"postern\"}").status())
        .isEqualTo(409);
  }

  @Test
  void tokens_areNoChanges() {
    TestRegistry registry = gateway.registry();
    TestRegistry.Agent agent = registry.agent();
    registry.grant(agent, registry.service("read"), "read");
    for (int i = 0; i < 3; i++) {
      assertThat(TokenCall.by(gateway, agent).send().status()).isEqualTo(200);
    }
    String secretId =
        registry
            .query("select secret_id from client_secret where client_id = ?", agent.clientId())
            .getFirst();
    registry.run("insert into client_secret_use values (?, now())", secretId);
    assertThat(told(events("target=" + agent.clientId() + "/" + secretId)))
        .containsExactly("create secret " + agent.clientId() + "/" + secretId);
  }

  @Test
  void scopes_ofAService_areNoChangesOfTheServiceItself() {
    String service =
        admin
            .post(
                "/services",
                """
                {"name": "S", "audience": "urn:audited", "scopes": [{"value": "a"}]}\
                """)
            .text("service_id");
    admin.post("/services/" + service + "/scopes", "{\"value\": \"b\"}");
    assertThat(told(events("target=" + service)))
        .containsExactly(
            "create scope " + service + "/b",
            "create scope " + service + "/a",
            "create service " + service);
  }

  @Test
  void secrets_areInNoEvent() {
    String agent = newAgent("Quiet");
    String secret = admin.post("/agents/" + agent + "/secrets", "{}").text("client_secret");
    admin.post("/signing-keys/rotate", "{\"alg\": \"EdDSA\"}");
    Answer all = admin.get("/audit-events?limit=500");
    assertThat(all.json().toString())
        .doesNotContain(secret)
        .doesNotContain("\"hash\"", "\"private_key\"", "\"wrapped\"");
  }

  private static String newAgent(String name) {
    return admin.post("/agents", "{\"name\": \"%s\"}".formatted(name)).text("client_id");
  }

  private static List<JsonNode> events(String query) {
    Answer answer = admin.get("/audit-events?limit=500&" + query);
    assertThat(answer.status()).as(answer.json().toString()).isEqualTo(200);
    List<JsonNode> events = new ArrayList<>();
    answer.json().path("items").forEach(events::add);
    return events;
  }

  private static List<String> told(List<JsonNode> events) {
    return events.stream().map(AuditTest::told).toList();
  }

  private static String told(JsonNode event) {
    return event.path("action").asText()
        + " "
        + event.path("target_type").asText()
        + " "
        + event.path("target").asText();
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }
}
