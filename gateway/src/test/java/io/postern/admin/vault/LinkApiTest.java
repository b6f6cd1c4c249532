package io.postern.admin.vault;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.admin.AdminServer;
import io.postern.admin.AdminServer.Answer;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class LinkApiTest {
  private static final String TARGET = ", \"target\": {\"base_url\": \"https://llm.example.com\"}";

  @RegisterExtension static final AdminServer server = new AdminServer();

  /** Creates a credential and answers its id. */
  private static String credential(String more) throws Exception {
    return server
        .post(
            "/admin/v1/credentials",
            "{\"name\": \"K\", \"business_type\": \"llm\", \"identifier\": \"%s\", \"api_key\": \"k\"%s}"
                .formatted(UUID.randomUUID(), more))
        .text("credential_id");
  }

  private static String links(String clientId) {
    return "/admin/v1/agents/" + clientId + "/credentials";
  }

  @Test
  void link_isCreatedThenReplacedThenDeleted() throws Exception {
    String agent = server.newAgent("Clerk");
    String credential = credential(TARGET);
    String link = links(agent) + "/" + credential;
    Answer created =
        server.put(
            link,
            "{\"access\": [\"relay\", \"obtain\"], \"requests_per_minute\": 9,"
                + " \"expires_at\": \"2999-01-01T00:00:00Z\"}",
            "If-None-Match",
            "*");
    assertThat(created.status()).isEqualTo(201);
    assertThat(created.header("Location")).isEqualTo(link);
    assertThat(created.text("agent_name")).isEqualTo("Clerk");
    assertThat(created.text("business_type")).isEqualTo("llm");
    assertThat(created.json().path("access").toString()).isEqualTo("[\"obtain\",\"relay\"]");
    assertThat(server.get(link).json()).isEqualTo(created.json());
    assertThat(server.get(links(agent)).json().path("items").get(0)).isEqualTo(created.json());
    String ofCredential = "/admin/v1/credentials/" + credential + "/links";
    assertThat(server.get(ofCredential).json().path("items").get(0)).isEqualTo(created.json());

    Answer replaced = server.put(link, "{\"access\": [\"relay\"]}");
    assertThat(replaced.status()).isEqualTo(200);
    assertThat(replaced.json().path("requests_per_minute").isNull()).isTrue();
    assertThat(replaced.json().path("expires_at").isNull()).isTrue();
    Answer same = server.put(link, "{\"access\": [\"relay\"]}", "If-Match", "*");
    assertThat(same.header("ETag")).isEqualTo(replaced.header("ETag"));
    assertThat(server.put(link, "{\"access\": [\"relay\"]}", "If-None-Match", "*").status())
        .isEqualTo(412);
    assertThat(server.delete(link, "If-Match", created.header("ETag")).status()).isEqualTo(412);
    assertThat(server.delete(link).status()).isEqualTo(204);
    assertThat(server.get(link).status()).isEqualTo(404);
    assertThat(server.get(ofCredential).json().path("items")).isEmpty();
  }

  @Test
  void relay_wantsATarget() throws Exception {
    String agent = server.newAgent("a");
    String credential = credential("");
    String link = links(agent) + "/" + credential;
    Answer refused = server.put(link, "{\"access\": [\"obtain\", \"relay\"]}");
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.pointers()).containsExactly("/access/1");
    assertThat(server.put(link, "{\"access\": []}").pointers()).containsExactly("/access");

    String relayed = credential(TARGET);
    server.put(links(agent) + "/" + relayed, "{\"access\": [\"relay\"]}");
    Answer kept = server.patch("/admin/v1/credentials/" + relayed, "{\"target\": null}");
    assertThat(kept.status()).isEqualTo(409);
    assertThat(kept.text("type")).isEqualTo("urn:postern:problem:relay-without-target");
  }

  @Test
  void whatThereIsNot_isNotFound() throws Exception {
    String agent = server.newAgent("a");
    String body = "{\"access\": [\"obtain\"]}";
    assertThat(server.put(links(agent) + "/nothing", body).status()).isEqualTo(404);
    assertThat(server.put(links("nobody") + "/" + credential(""), body).status()).isEqualTo(404);
    assertThat(server.get(links(agent) + "/" + credential("")).status()).isEqualTo(404);
    assertThat(server.get(links("postern-vault")).status()).isEqualTo(404);
    assertThat(server.get("/admin/v1/credentials/none/links").status()).isEqualTo(404);
  }

  @Test
  void grantOnTheVault_cannotBeMade() throws Exception {
    String grants = "/admin/v1/agents/" + server.newAgent("a") + "/grants/postern-vault";
    Answer refused = server.put(grants, "{\"scopes\": [\"credential:obtain\"]}");
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("type")).isEqualTo("urn:postern:problem:grant-on-vault");
    assertThat(refused.text("detail")).contains("link it to a hosted credential");
  }

  @Test
  void links_goWithTheirAgentAndTheirCredential() throws Exception {
    String agent = server.newAgent("a");
    String other = server.newAgent("b");
    String credential = credential("");
    server.put(links(agent) + "/" + credential, "{\"access\": [\"obtain\"]}");
    server.put(links(other) + "/" + credential, "{\"access\": [\"obtain\"]}");
    String ofCredential = "/admin/v1/credentials/" + credential + "/links";
    Answer first = server.get(ofCredential + "?limit=1");
    assertThat(first.json().at("/items/0/client_id").asText()).isEqualTo(agent);
    Answer second = server.get(ofCredential + "?limit=1&cursor=" + first.text("next_cursor"));
    assertThat(second.json().at("/items/0/client_id").asText()).isEqualTo(other);
    server.delete("/admin/v1/agents/" + agent);
    assertThat(server.get(ofCredential).json().path("items")).hasSize(1);
    server.delete("/admin/v1/credentials/" + credential);
    assertThat(server.get(links(other)).json().path("items")).isEmpty();
  }
}
