package io.postern.admin.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.admin.AdminServer;
import io.postern.admin.AdminServer.Answer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class GrantApiTest {
  @RegisterExtension static final AdminServer server = new AdminServer();

  private static String grants(String clientId) {
    return "/admin/v1/agents/" + clientId + "/grants";
  }

  @Test
  void putGrant_isCreatedThenReplacedThenDeleted() throws Exception {
    String agent = server.newAgent("a");
    String service = server.newService("urn:grants", "a", "b");
    String grant = grants(agent) + "/" + service;

    Answer created =
        server.put(
            grant, "{\"scopes\": [\"b\", \"a\"], \"expires_at\": \"2999-01-01T00:00:00+01:00\"}");
    assertThat(created.status()).isEqualTo(201);
    assertThat(created.header("Location")).isEqualTo(grant);
    assertThat(created.text("client_id")).isEqualTo(agent);
    assertThat(created.text("service_id")).isEqualTo(service);
    assertThat(created.text("audience")).isEqualTo("urn:grants");
    assertThat(created.json().path("scopes").toString()).isEqualTo("[\"a\",\"b\"]");
    assertThat(created.text("expires_at")).isEqualTo("2998-12-31T23:00:00Z");
    assertThat(server.get(grant).json()).isEqualTo(created.json());
    assertThat(server.get(grants(agent)).json().path("items").get(0)).isEqualTo(created.json());

    Answer replaced = server.put(grant, "{\"scopes\": [\"a\"]}");
    assertThat(replaced.status()).isEqualTo(200);
    assertThat(replaced.json().path("scopes").toString()).isEqualTo("[\"a\"]");
    assertThat(replaced.json().path("expires_at").isNull()).isTrue();
    assertThat(replaced.revision()).isGreaterThan(created.revision());

    assertThat(server.delete(grant).status()).isEqualTo(204);
    assertThat(server.get(grant).status()).isEqualTo(404);
    assertThat(server.delete(grant).status()).isEqualTo(404);
  }

  @Test
  void putGrant_sameContent_changesNothing() throws Exception {
    String grant =
        grants(server.newAgent("a")) + "/" + server.newService("urn:same-grant", "a", "b");
    Answer first = server.put(grant, "{\"scopes\": [\"a\", \"b\"]}");
    Answer second = server.put(grant, "{\"scopes\": [\"b\", \"a\"], \"expires_at\": null}");
    assertThat(second.status()).isEqualTo(200);
    assertThat(second.json()).isEqualTo(first.json());
    assertThat(second.header("ETag")).isEqualTo(first.header("ETag"));
  }

  @Test
  void putGrant_faults_areReportedWithTheirPointers() throws Exception {
    String grant = grants(server.newAgent("a")) + "/" + server.newService("urn:faults", "a");
    assertThat(server.put(grant, "{\"scopes\": [\"x\", \"a\", \"y\"]}").pointers())
        .containsExactly("/scopes/0", "/scopes/2");
    assertThat(server.put(grant, "{\"scopes\": []}").pointers()).containsExactly("/scopes");
    assertThat(server.put(grant, "{}").pointers()).containsExactly("/scopes");
    assertThat(server.put(grant, "{\"scopes\": \"a\"}").pointers()).containsExactly("/scopes");
    assertThat(
            server
                .put(
                    grant,
                    "{\"scopes\": [\"a\", \"a\", 7], \"expires_at\": \"2001-01-01T00:00:00Z\"}")
                .pointers())
        .containsExactlyInAnyOrder("/scopes/1", "/scopes/2", "/expires_at");
    assertThat(server.put(grant, "{\"scopes\": [\"a\"], \"expires_at\": \"2999-01-01\"}").status())
        .isEqualTo(422);
    assertThat(server.get(grant).status()).isEqualTo(404);
  }

  @Test
  void putGrant_onAnAgent_permitsToCallIt() throws Exception {
    String caller = server.newAgent("caller");
    String called = server.newAgent("called");
    Answer answer = server.put(grants(caller) + "/" + called, "{\"scopes\": [\"agent.access\"]}");
    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.text("audience")).isEqualTo("urn:postern:agent:" + called);
  }

  @Test
  void putGrant_onItself_isRefused() throws Exception {
    String agent = server.newAgent("self");
    Answer answer = server.put(grants(agent) + "/" + agent, "{\"scopes\": [\"agent.access\"]}");
    assertThat(answer.status()).isEqualTo(422);
  }

  @Test
  void putGrant_onTheAdminApi_makesAnAdministrator() throws Exception {
    String grant = grants(server.newAgent("admin")) + "/postern-admin-api";
    assertThat(server.put(grant, "{\"scopes\": [\"admin:read\"]}").status()).isEqualTo(201);
  }

  @Test
  void putGrant_unknownAgentOrService_isNotFound() throws Exception {
    String agent = server.newAgent("a");
    String body = "{\"scopes\": [\"a\"]}";
    assertThat(server.put(grants(agent) + "/nothing", body).status()).isEqualTo(404);
    assertThat(server.put(grants("nobody") + "/postern-admin-api", body).status()).isEqualTo(404);
    assertThat(server.put(grants("postern-admin-api") + "/" + agent, body).status()).isEqualTo(404);
    // the content is looked at first
    assertThat(server.put(grants("nobody") + "/nothing", "{}").status()).isEqualTo(422);
  }

  @Test
  void putGrant_preconditions_holdIt() throws Exception {
    String grant = grants(server.newAgent("a")) + "/" + server.newService("urn:guarded", "a", "b");
    String a = "{\"scopes\": [\"a\"]}";
    String b = "{\"scopes\": [\"b\"]}";
    assertThat(server.put(grant, a, "If-Match", "*").status()).isEqualTo(412);
    Answer created = server.put(grant, a, "If-None-Match", "*");
    assertThat(created.status()).isEqualTo(201);
    assertThat(server.put(grant, a, "If-None-Match", "*").status()).isEqualTo(412);
    assertThat(server.put(grant, b, "If-Match", "\"1\"").status()).isEqualTo(412);
    assertThat(server.put(grant, b, "If-Match", created.header("ETag")).status()).isEqualTo(200);
    assertThat(server.delete(grant, "If-Match", created.header("ETag")).status()).isEqualTo(412);
    assertThat(server.delete(grant, "If-Match", "*").status()).isEqualTo(204);
  }
}
