package io.postern.admin.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.postern.admin.AdminServer;
import io.postern.admin.AdminServer.Answer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class ServiceApiTest {
  private static final String SERVICES = "/admin/v1/services";
  private static final String BUILTIN = SERVICES + "/postern-admin-api";

  @RegisterExtension static final AdminServer server = new AdminServer();

  @Test
  void createService_withScopes_keepsTheirOrder() throws Exception {
    Answer answer =
        server.post(
            SERVICES,
            """
            {"name": "Orders", "audience": "https://orders.example", "signing_alg": "PS256",
             "access_token_ttl": 300,
             "scopes": [{"value": "orders.write", "name": "Write"}, {"value": "orders.read"}]}
            """);

    assertThat(answer.status()).isEqualTo(201);
    String serviceId = answer.text("service_id");
    assertThat(answer.header("Location")).isEqualTo(SERVICES + "/" + serviceId);
    assertThat(answer.json().path("scopes").toString())
        .isEqualTo(
            "[{\"value\":\"orders.write\",\"name\":\"Write\"},"
                + "{\"value\":\"orders.read\",\"name\":null}]");
    assertThat(answer.json().path("access_token_ttl").intValue()).isEqualTo(300);
    assertThat(answer.text("signing_alg")).isEqualTo("PS256");
    assertThat(server.get(SERVICES + "/" + serviceId).json()).isEqualTo(answer.json());
    assertThat(
            server
                .get(SERVICES + "?audience=https%3A%2F%2Forders.example")
                .json()
                .path("items")
                .get(0))
        .isEqualTo(answer.json());
  }

  @Test
  void createService_manyFaults_areReportedAtOnce() throws Exception {
    Answer answer =
        server.post(
            SERVICES,
            """
            {"scopes": [{"value": "a"}, {"value": "a"}, {"name": "b"}, {"value": "c d", "x": 1}, 7]}
            """);
    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.pointers())
        .containsExactlyInAnyOrder(
            "/name",
            "/audience",
            "/scopes/1/value",
            "/scopes/2/value",
            "/scopes/3/value",
            "/scopes/3/x",
            "/scopes/4");
  }

  @Test
  void patchService_settings_change() throws Exception {
    String service = SERVICES + "/" + server.newService("urn:patched", "a");
    Answer answer = server.patch(service, "{\"name\": \"New\", \"access_token_ttl\": 86400}");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.text("name")).isEqualTo("New");
    assertThat(answer.json().path("access_token_ttl").intValue()).isEqualTo(86400);
    assertThat(server.patch(service, "{\"audience\": \"urn:patched\"}").status()).isEqualTo(200);
    assertThat(server.patch(service, "{\"audience\": \"urn:b\"}").pointers())
        .containsExactly("/audience");
    assertThat(server.patch(service, "{\"scopes\": []}").status()).isEqualTo(409);
  }

  @Test
  void deleteService_goesWithItsScopesAndGrants() throws Exception {
    String agent = server.newAgent("a");
    String service = server.newService("urn:deleted", "a");
    String grants = "/admin/v1/agents/" + agent + "/grants";
    server.put(grants + "/" + service, "{\"scopes\": [\"a\"]}");

    assertThat(server.delete(SERVICES + "/" + service).status()).isEqualTo(204);

    assertThat(server.get(SERVICES + "/" + service).status()).isEqualTo(404);
    assertThat(server.get(grants).json().path("items")).isEmpty();
    assertThat(server.get(grants + "/" + service).status()).isEqualTo(404);
    assertThat(server.newService("urn:deleted")).isNotEqualTo(service);
  }

  @Test
  void builtinService_isListedButCannotBeChanged() throws Exception {
    JsonNode shown = server.get(BUILTIN).json();
    assertThat(shown.path("audience").asText()).isEqualTo("urn:postern:admin");
    assertThat(shown.path("builtin").booleanValue()).isTrue();
    assertThat(server.get(SERVICES + "?audience=urn:postern:admin").json().path("items").get(0))
        .isEqualTo(shown);

    assertThat(server.patch(BUILTIN, "{\"name\": \"x\"}").status()).isEqualTo(409);
    assertThat(server.delete(BUILTIN).status()).isEqualTo(409);
    assertThat(server.post(BUILTIN + "/scopes", "{\"value\": \"x\"}").status()).isEqualTo(409);
    assertThat(server.patch(BUILTIN + "/scopes/admin:read", "{\"name\": \"x\"}").status())
        .isEqualTo(409);
    assertThat(server.delete(BUILTIN + "/scopes/admin:read").status()).isEqualTo(409);
    assertThat(server.get(BUILTIN).json()).isEqualTo(shown);
  }

  @Test
  void scopes_areCreatedReadRenamedAndDeleted() throws Exception {
    String scopes = SERVICES + "/" + server.newService("urn:scoped") + "/scopes";
    Answer created = server.post(scopes, "{\"value\": \"https://x/y?z#%+a\", \"name\": \"Odd\"}");
    assertThat(created.status()).isEqualTo(201);
    String scope = created.header("Location");
    assertThat(scope).isEqualTo(scopes + "/https%3A%2F%2Fx%2Fy%3Fz%23%25%2Ba");

    Answer read = server.get(scope);
    assertThat(read.status()).isEqualTo(200);
    assertThat(read.json()).isEqualTo(created.json());
    assertThat(read.header("ETag")).isEqualTo(created.header("ETag"));

    Answer renamed = server.patch(scope, "{\"name\": null}");
    assertThat(renamed.json().path("name").isNull()).isTrue();
    assertThat(renamed.header("ETag")).isNotEqualTo(read.header("ETag"));
    assertThat(server.patch(scope, "{\"value\": \"x\"}").status()).isEqualTo(409);

    assertThat(server.delete(scope).status()).isEqualTo(204);
    assertThat(server.get(scope).status()).isEqualTo(404);
    assertThat(server.get(scopes).json().path("items")).isEmpty();
  }

  @Test
  void createScope_existing_isAConflict() throws Exception {
    String scopes = SERVICES + "/" + server.newService("urn:twice", "a") + "/scopes";
    assertThat(server.post(scopes, "{\"value\": \"a\"}").status()).isEqualTo(409);
    assertThat(server.post(scopes, "{\"value\": \".all\"}").status()).isEqualTo(422);
  }

  @Test
  void createScope_movesTheServicesTag() throws Exception {
    String service = SERVICES + "/" + server.newService("urn:tagged", "a");
    String before = server.get(service).header("ETag");
    server.post(service + "/scopes", "{\"value\": \"b\"}");
    assertThat(server.get(service, "If-None-Match", before).status()).isEqualTo(200);
  }

  @Test
  void deleteScope_leavesEveryGrantAtOnce() throws Exception {
    String service = server.newService("urn:granted", "a", "b");
    String grant = "/admin/v1/agents/" + server.newAgent("a") + "/grants/" + service;
    String onlyA = "/admin/v1/agents/" + server.newAgent("b") + "/grants/" + service;
    server.put(grant, "{\"scopes\": [\"a\", \"b\"]}");
    server.put(onlyA, "{\"scopes\": [\"a\"]}");

    server.delete(SERVICES + "/" + service + "/scopes/a");

    assertThat(server.get(grant).json().path("scopes").toString()).isEqualTo("[\"b\"]");
    assertThat(server.get(onlyA).status()).isEqualTo(404);
  }
}
