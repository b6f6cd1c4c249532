package io.postern.admin.topology;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.postern.admin.AdminServer;
import io.postern.admin.AdminServer.Answer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class TopologyTest {
  @RegisterExtension static final AdminServer server = new AdminServer();

  @Test
  void topology_hasWhatTheAgentMayCall_andWhoMayCallIt() throws Exception {
    String agent = server.newAgent("Middle");
    String caller = server.newAgent("Caller");
    String service = server.newService("urn:end", "read", "write");
    grant(agent, service, "\"write\", \"read\"", "2999-01-01T00:00:00Z");
    grant(caller, agent, "\"agent.access\"", null);
    grant(agent, caller, "\"agent.access\"", null);
    grant(caller, service, "\"read\"", null);
    server.patch("/admin/v1/agents/" + caller, "{\"status\": \"disabled\"}");

    Answer answer = server.get("/admin/v1/agents/" + agent + "/topology");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().path("nodes"))
        .containsExactly(
            node(agent, "agent", "Middle", "urn:postern:agent:" + agent, "active"),
            node(service, "service", "Service", "urn:end", "active"),
            node(caller, "agent", "Caller", "urn:postern:agent:" + caller, "disabled"));
    assertThat(answer.json().path("edges"))
        .containsExactly(
            edge(agent, service, "outbound", "\"read\", \"write\"", "\"2999-01-01T00:00:00Z\""),
            edge(caller, agent, "inbound", "\"agent.access\"", "null"),
            edge(agent, caller, "outbound", "\"agent.access\"", "null"));
    assertThat(answer.json().path("next_cursor").isNull()).isTrue();
  }

  @Test
  void topology_ofManyEdges_comesInPages() throws Exception {
    String agent = server.newAgent("Hub");
    List<String> all = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      String service = server.newService("urn:spoke:" + i, "read");
      grant(agent, service, "\"read\"", null);
      all.add(service);
    }
    List<String> seen = new ArrayList<>();
    String cursor = "";
    do {
      Answer page = server.get("/admin/v1/agents/" + agent + "/topology?limit=2" + cursor);
      JsonNode edges = page.json().path("edges");
      assertThat(edges.size()).isLessThanOrEqualTo(2);
      assertThat(page.json().path("nodes")).hasSize(edges.size() + 1);
      seen.addAll(edges.findValuesAsText("to"));
      JsonNode next = page.json().path("next_cursor");
      cursor = next.isNull() ? "" : "&cursor=" + next.asText();
    } while (!cursor.isEmpty());
    assertThat(seen).isEqualTo(all);
  }

  @Test
  void linkedCredential_isANode_andTheVaultOnTheFirstPage() throws Exception {
    String agent = server.newAgent("Linked");
    grant(agent, server.newService("urn:before", "read"), "\"read\"", null);
    String credential =
        server
            .post(
                "/admin/v1/credentials",
                """
                {"name": "Claude", "identifier": "claude", "business_type": "llm", "api_key": "k",
                 "target": {"base_url": "https://llm.example.com"}}
                """)
            .text("credential_id");
    server.put(
        "/admin/v1/agents/%s/credentials/%s".formatted(agent, credential),
        "{\"access\": [\"relay\"], \"expires_at\": \"2999-01-01T00:00:00Z\"}");
    String after = server.newService("urn:after", "read");
    grant(agent, after, "\"read\"", null);

    JsonNode first = server.get("/admin/v1/agents/" + agent + "/topology?limit=2").json();
    assertThat(first.path("edges").findValuesAsText("to"))
        .hasSize(3)
        .startsWith("postern-vault")
        .endsWith(credential);
    assertThat(first.at("/edges/0/scopes").toString()).isEqualTo("[\"credential:relay\"]");
    assertThat(first.at("/edges/0/expires_at").asText()).isEqualTo("2999-01-01T00:00:00Z");
    assertThat(first.at("/edges/2/access").toString()).isEqualTo("[\"relay\"]");
    assertThat(first.at("/nodes/3"))
        .isEqualTo(
            AdminServer.JSON.readTree(
                """
                {"id": "%s", "type": "llm", "name": "Claude", "identifier": "claude",
                 "audience": null, "status": "active"}
                """
                    .formatted(credential)));
    JsonNode rest =
        server
            .get(
                "/admin/v1/agents/%s/topology?limit=2&cursor=%s"
                    .formatted(agent, first.path("next_cursor").asText()))
            .json();
    assertThat(rest.path("edges").findValuesAsText("to")).containsExactly(after);
    assertThat(rest.path("next_cursor").isNull()).isTrue();
  }

  @Test
  void topology_ofNobody_isNotFound() throws Exception {
    assertThat(server.get("/admin/v1/agents/nobody/topology").status()).isEqualTo(404);
    assertThat(server.get("/admin/v1/agents/postern-admin-api/topology").status()).isEqualTo(404);
  }

  private static void grant(String from, String to, String scopes, String expiresAt)
      throws Exception {
    String body =
        expiresAt == null
            ? "{\"scopes\": [%s]}".formatted(scopes)
            : "{\"scopes\": [%s], \"expires_at\": \"%s\"}".formatted(scopes, expiresAt);
    Answer granted = server.put("/admin/v1/agents/%s/grants/%s".formatted(from, to), body);
    assertThat(granted.status()).isEqualTo(201);
  }

  private static JsonNode node(String id, String type, String name, String audience, String status)
      throws Exception {
    return AdminServer.JSON.readTree(
        """
        {"id": "%s", "type": "%s", "name": "%s", "audience": "%s", "status": "%s"}\
        """
            .formatted(id, type, name, audience, status));
  }

  private static JsonNode edge(String from, String to, String type, String scopes, String expiry)
      throws Exception {
    return AdminServer.JSON.readTree(
        """
        {"from": "%s", "to": "%s", "type": "%s", "scopes": [%s], "expires_at": %s}\
        """
            .formatted(from, to, type, scopes, expiry));
  }
}
