package io.postern.admin.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.admin.AdminServer;
import io.postern.admin.AdminServer.Answer;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class AgentApiTest {
  private static final String AGENTS = "/admin/v1/agents";

  @RegisterExtension static final AdminServer server = new AdminServer();

  @Test
  void createAgent_nameAlone_getsDefaults() throws Exception {
    Answer answer = server.post(AGENTS, "{\"name\": \"Rechnungsprüfer\"}");

    assertThat(answer.status()).isEqualTo(201);
    String clientId = answer.text("client_id");
    assertThat(clientId).matches("agt_[A-Za-z0-9_-]{22}");
    assertThat(answer.header("Location")).isEqualTo(AGENTS + "/" + clientId);
    assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
    assertThat(answer.text("name")).isEqualTo("Rechnungsprüfer");
    assertThat(answer.text("audience")).isEqualTo("urn:postern:agent:" + clientId);
    assertThat(answer.text("status")).isEqualTo("active");
    assertThat(answer.json().path("permission").toString())
        .isEqualTo("{\"name\":\"Rechnungsprüfer\",\"scope\":\"agent.access\",\"mode\":\"auto\"}");
    assertThat(answer.json().path("access_token_ttl").intValue()).isEqualTo(900);
    assertThat(answer.text("signing_alg")).isEqualTo("ES256");
    assertThat(answer.text("assertion_audience")).isEqualTo("issuer");
    assertThat(answer.text("created_at")).endsWith("Z").isEqualTo(answer.text("updated_at"));

    Answer read = server.get(AGENTS + "/" + clientId);
    assertThat(read.json()).isEqualTo(answer.json());
    assertThat(read.header("ETag")).isEqualTo(answer.header("ETag"));
  }

  @Test
  void createAgent_everythingGiven_isKept() throws Exception {
    Answer answer =
        server.post(
            AGENTS,
            """
            {"name": "Legacy", "client_id": "legacy~1.a_b-c", "audience": "https://agent.example",
             "access_token_ttl": 60, "signing_alg": "RS256",
             "assertion_audience": "issuer_or_token_endpoint",
             "permission": {"name": "Call legacy", "scope": "legacy.call"}}
            """);

    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.text("client_id")).isEqualTo("legacy~1.a_b-c");
    assertThat(answer.header("Location")).isEqualTo(AGENTS + "/legacy~1.a_b-c");
    assertThat(answer.text("audience")).isEqualTo("https://agent.example");
    assertThat(answer.json().path("access_token_ttl").intValue()).isEqualTo(60);
    assertThat(answer.text("signing_alg")).isEqualTo("RS256");
    assertThat(answer.text("assertion_audience")).isEqualTo("issuer_or_token_endpoint");
    assertThat(answer.json().path("permission").toString())
        .isEqualTo("{\"name\":\"Call legacy\",\"scope\":\"legacy.call\",\"mode\":\"manual\"}");
    assertThat(server.get(AGENTS + "/legacy~1.a_b-c").json()).isEqualTo(answer.json());
  }

  @Test
  void createAgent_unknownMember_isRefusedWithItsPointer() throws Exception {
    Answer answer = server.post(AGENTS, "{\"name\": \"a\", \"x/y~z\": 1}");

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
    assertThat(answer.pointers()).containsExactly("/x~1y~0z");
  }

  @Test
  void createAgent_manyFaults_areReportedAtOnce() throws Exception {
    Answer answer =
        server.post(
            AGENTS,
            """
            {"client_id": "a b", "audience": "a|b", "access_token_ttl": 59, "signing_alg": "HS256",
             "assertion_audience": 1, "permission": {"scope": ".all", "mode": "x", "y": 1}, "z": 1}
            """);

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.pointers())
        .containsExactlyInAnyOrder(
            "/name",
            "/client_id",
            "/audience",
            "/access_token_ttl",
            "/signing_alg",
            "/assertion_audience",
            "/permission/scope",
            "/permission/mode",
            "/permission/y",
            "/z");
    assertThat(answer.json().path("errors").findValuesAsText("detail"))
        .hasSize(10)
        .noneMatch(String::isBlank);
  }

  @Test
  void createAgent_namesAtTheLimits_countCharacters() throws Exception {
    String emoji = "🦔".repeat(200);
    assertThat(server.post(AGENTS, "{\"name\": \"" + emoji + "\"}").text("name")).isEqualTo(emoji);
    for (String name : new String[] {"", emoji + "a", "a\\u0000b", "\\ud800", "a\\nb"}) {
      Answer answer = server.post(AGENTS, "{\"name\": \"" + name + "\"}");
      assertThat(answer.status()).as(name).isEqualTo(422);
      assertThat(answer.pointers()).containsExactly("/name");
    }
  }

  @Test
  void createAgent_ttlNotAWholeNumber_isRefused() throws Exception {
    for (String ttl : new String[] {"60.5", "86401", "\"60\"", "1e400", "-1", "[]"}) {
      Answer answer = server.post(AGENTS, "{\"name\": \"a\", \"access_token_ttl\": " + ttl + "}");
      assertThat(answer.status()).as(ttl).isEqualTo(422);
      assertThat(answer.pointers()).containsExactly("/access_token_ttl");
    }
  }

  @Test
  void createAgent_takenAudience_isAConflict() throws Exception {
    server.post(AGENTS, "{\"name\": \"a\", \"audience\": \"urn:taken\"}");
    Answer answer = server.post(AGENTS, "{\"name\": \"b\", \"audience\": \"urn:taken\"}");

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.text("type")).isEqualTo("urn:postern:problem:audience-taken");
    assertThat(answer.pointers()).containsExactly("/audience");
    assertThat(answer.json().toString()).doesNotContainIgnoringCase("constraint");
  }

  // RFC 8707: a resource parameter would mean both
  @Test
  void create_audienceThatIsTheSameUri_isAConflictThatNamesIt() throws Exception {
    server.newService("https://same.example", "read");
    String again = "{\"name\": \"b\", \"audience\": \"https://SAME.example/\"}";
    String topology =
        "{\"services\": [{\"name\": \"c\", \"audience\": \"https://same.example:443\"}]}";
    for (Answer answer :
        List.of(
            server.post(AGENTS, again),
            server.post("/admin/v1/services", again),
            server.post("/admin/v1/topology", topology))) {
      assertThat(answer.status()).isEqualTo(409);
      assertThat(answer.text("type")).isEqualTo("urn:postern:problem:audience-equal");
      assertThat(answer.text("detail"))
          .contains(" is equal to https://same.example:")
          .containsAnyOf(" https://SAME.example/ ", " https://same.example:443 ");
      // of a whole topology, a member is no place
      assertThat(answer.pointers())
          .isEqualTo(answer.text("detail").contains(":443") ? List.of() : List.of("/audience"));
    }
    String renamed = topology.replace(":443", "/");
    assertThat(server.post("/admin/v1/topology?prune=true", renamed).status()).isEqualTo(200);
  }

  @Test
  void deleteAgent_itsAudience_mayBeUsedAgainButItsIdNever() throws Exception {
    String body = "{\"name\": \"a\", \"client_id\": \"once\", \"audience\": \"urn:once\"}";
    assertThat(server.post(AGENTS, body).status()).isEqualTo(201);

    Answer deleted = server.delete(AGENTS + "/once");
    assertThat(deleted.status()).isEqualTo(204);
    assertThat(deleted.revision()).isPositive();
    assertThat(server.get(AGENTS + "/once").status()).isEqualTo(404);
    assertThat(server.delete(AGENTS + "/once").status()).isEqualTo(404);

    Answer again = server.post(AGENTS, body);
    assertThat(again.status()).isEqualTo(409);
    assertThat(again.pointers()).containsExactly("/client_id");
    assertThat(server.post(AGENTS, "{\"name\": \"b\", \"audience\": \"urn:once\"}").status())
        .isEqualTo(201);
  }

  @Test
  void patchAgent_settings_changeAndReset() throws Exception {
    String agent = AGENTS + "/" + server.newAgent("before");
    Answer changed =
        server.patch(
            agent,
            """
            {"name": "after", "status": "disabled", "access_token_ttl": 120,
             "signing_alg": "EdDSA", "assertion_audience": "issuer_or_token_endpoint"}
            """,
            "Content-Type",
            "application/merge-patch+json");
    assertThat(changed.status()).isEqualTo(200);
    assertThat(changed.text("name")).isEqualTo("after");
    assertThat(changed.text("status")).isEqualTo("disabled");
    assertThat(changed.json().path("access_token_ttl").intValue()).isEqualTo(120);
    assertThat(changed.json().at("/permission/name").asText()).isEqualTo("after");

    Answer reset =
        server.patch(
            agent,
            """
            {"access_token_ttl": null, "signing_alg": null, "assertion_audience": null}
            """);
    assertThat(reset.json().path("access_token_ttl").intValue()).isEqualTo(900);
    assertThat(reset.text("signing_alg")).isEqualTo("ES256");
    assertThat(reset.text("assertion_audience")).isEqualTo("issuer");
    assertThat(reset.text("status")).isEqualTo("disabled");
    assertThat(reset.revision()).isGreaterThan(changed.revision());
  }

  @Test
  void patchAgent_removingWhatItNeeds_isRefused() throws Exception {
    Answer answer =
        server.patch(
            AGENTS + "/" + server.newAgent("a"), "{\"name\": null, \"status\": null, \"n\": null}");
    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.pointers()).containsExactlyInAnyOrder("/name", "/status", "/n");
  }

  @Test
  void patchAgent_withWhatWasRead_changesNothing() throws Exception {
    String agent = AGENTS + "/" + server.newAgent("same");
    Answer read = server.get(agent);
    Answer patched = server.patch(agent, read.json().toString());

    assertThat(patched.status()).isEqualTo(200);
    assertThat(patched.json()).isEqualTo(read.json());
    assertThat(patched.header("ETag")).isEqualTo(read.header("ETag"));
    assertThat(patched.revision())
        .isEqualTo(Long.parseLong(server.query("select revision from feed_head").getFirst()));
  }

  @Test
  void patchAgent_immutableMembers_areAConflict() throws Exception {
    String agent = AGENTS + "/" + server.newAgent("a");
    ObjectNode body = (ObjectNode) server.get(agent).json();
    body.put("audience", "urn:other").put("client_id", "other").putNull("created_at");
    Answer answer = server.patch(agent, body.toString());

    assertThat(answer.status()).isEqualTo(409);
    assertThat(answer.pointers())
        .containsExactlyInAnyOrder("/audience", "/client_id", "/created_at");
  }

  @Test
  void patchAgent_permission_isManualUntilResetToAuto() throws Exception {
    String agent = AGENTS + "/" + server.newAgent("Bot");
    Answer manual = server.patch(agent, "{\"permission\": {\"scope\": \"bot.call\"}}");
    assertThat(manual.json().path("permission").toString())
        .isEqualTo("{\"name\":\"Bot\",\"scope\":\"bot.call\",\"mode\":\"manual\"}");

    Answer renamed = server.patch(agent, "{\"name\": \"Robot\"}");
    assertThat(renamed.json().at("/permission/name").asText()).isEqualTo("Bot");

    Answer automatic = server.patch(agent, "{\"permission\": {\"mode\": \"auto\"}}");
    assertThat(automatic.json().path("permission").toString())
        .isEqualTo("{\"name\":\"Robot\",\"scope\":\"agent.access\",\"mode\":\"auto\"}");
  }

  @Test
  void patchAgent_permissionScope_isRenamedInGrants() throws Exception {
    String caller = server.newAgent("caller");
    String called = server.newAgent("called");
    String grant = AGENTS + "/" + caller + "/grants/" + called;
    assertThat(server.put(grant, "{\"scopes\": [\"agent.access\"]}").status()).isEqualTo(201);

    server.patch(AGENTS + "/" + called, "{\"permission\": {\"scope\": \"called.run\"}}");

    assertThat(server.get(grant).json().path("scopes").toString()).isEqualTo("[\"called.run\"]");
  }

  @Test
  void listAgents_filters_areExact() throws Exception {
    String id = server.newAgent("filtered");
    server.newAgent("filtered not");
    server.patch(AGENTS + "/" + id, "{\"status\": \"disabled\"}");

    assertThat(server.get(AGENTS + "?name=filtered").json().findValuesAsText("client_id"))
        .containsExactly(id);
    assertThat(server.get(AGENTS + "?name=filtered&status=disabled").json().path("items").size())
        .isEqualTo(1);
    assertThat(server.get(AGENTS + "?name=filtered&status=active").json().path("items").size())
        .isZero();
    assertThat(server.get(AGENTS + "?status=asleep").status()).isEqualTo(400);
  }

  @Test
  void agents_ofAnotherKindOrImpossibleId_areNotFound() throws Exception {
    assertThat(server.get(AGENTS + "/postern-admin-api").status()).isEqualTo(404);
    assertThat(server.get(AGENTS + "/%00").status()).isEqualTo(404);
    assertThat(server.get(AGENTS + "/%C3%A4%20%22").status()).isEqualTo(404);
  }
}
