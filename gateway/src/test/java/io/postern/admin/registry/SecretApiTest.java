package io.postern.admin.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.admin.AdminServer;
import io.postern.admin.AdminServer.Answer;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SecretApiTest {
  @RegisterExtension static final AdminServer server = new AdminServer();

  private static String newSecrets() throws Exception {
    return "/admin/v1/agents/" + server.newAgent("a") + "/secrets";
  }

  @Test
  void createSecret_showsTheValueThisOnce() throws Exception {
    String secrets = newSecrets();
    Answer created =
        server.post(
            secrets, "{\"description\": \"CI\", \"expires_at\": \"2999-01-01T00:00:00.5Z\"}");
    assertThat(created.status()).isEqualTo(201);
    String value = created.text("client_secret");
    assertThat(value).matches("pcs_[A-Za-z0-9_-]{43}");
    assertThat(created.text("expires_at")).isEqualTo("2999-01-01T00:00:00.500Z");
    assertThat(created.header("Cache-Control")).isEqualTo("no-store");
    assertThat(created.header("Location")).isEqualTo(secrets + "/" + created.text("secret_id"));

    Answer read = server.get(created.header("Location"));
    assertThat(read.text("description")).isEqualTo("CI");
    assertThat(read.json().has("last_used_at")).isTrue();
    Answer list = server.get(secrets);
    assertThat(list.json().path("items").get(0)).isEqualTo(read.json());
    assertThat(list.json().toString() + read.json()).doesNotContain(value, "client_secret", "hash");
  }

  @Test
  void createSecret_isStoredAsAKeyedHashOnly() throws Exception {
    Answer created = server.post(newSecrets(), "{}");
    String value = created.text("client_secret");
    String hash = HexFormat.of().formatHex(AdminServer.HASH_KEY.hash(AdminServer.CRYPTO, value));
    String row = "where secret_id = '" + created.text("secret_id") + "'";
    assertThat(server.query("select encode(hash, 'hex') from client_secret " + row))
        .containsExactly(hash);
    assertThat(server.query("select audit_event::text from audit_event"))
        .isNotEmpty()
        .noneMatch(event -> event.contains(value) || event.contains(hash));
  }

  @Test
  void createSecret_withoutABody_takesDefaults() throws Exception {
    Answer answer = server.send("POST", newSecrets(), null);
    assertThat(answer.status()).isEqualTo(201);
    assertThat(answer.json().path("expires_at").isNull()).isTrue();
  }

  @Test
  void createSecret_faults_areReportedAtOnce() throws Exception {
    Answer answer =
        server.post(
            newSecrets(),
            "{\"description\": 1, \"expires_at\": \"2020-01-01T00:00:00Z\", \"value\": \"x\"}");
    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.pointers())
        .containsExactlyInAnyOrder("/description", "/expires_at", "/value");
  }

  @Test
  void createSecret_pastTheBound_isAConflict() throws Exception {
    String secrets = newSecrets();
    for (int i = 0; i < 20; i++) {
      assertThat(server.post(secrets, "{}").status()).isEqualTo(201);
    }
    assertThat(server.post(secrets, "{}").status()).isEqualTo(409);
  }

  @Test
  void getSecret_used_tellsWhen() throws Exception {
    Answer created = server.post(newSecrets(), "{}");
    server.execute(
        "insert into client_secret_use values ('%s', '2026-01-02T03:04:05Z')"
            .formatted(created.text("secret_id")));
    Answer read = server.get(created.header("Location"), "If-None-Match", created.header("ETag"));
    assertThat(read.text("last_used_at")).isEqualTo("2026-01-02T03:04:05Z");
  }

  @Test
  void deleteSecret_isGone() throws Exception {
    String secrets = newSecrets();
    Answer first = server.post(secrets, "{}");
    Answer second = server.post(secrets, "{}");
    Answer deleted = server.delete(first.header("Location"), "If-Match", first.header("ETag"));
    assertThat(deleted.status()).isEqualTo(204);
    assertThat(deleted.revision()).isGreaterThan(second.revision());
    assertThat(server.get(first.header("Location")).status()).isEqualTo(404);
    assertThat(server.get(secrets).json().findValuesAsText("secret_id"))
        .containsExactly(second.text("secret_id"));
  }

  @Test
  void secrets_ofAnotherAgent_areNotFound() throws Exception {
    Answer created = server.post(newSecrets(), "{}");
    String other = newSecrets() + "/" + created.text("secret_id");
    assertThat(server.get(other).status()).isEqualTo(404);
    assertThat(server.delete(other).status()).isEqualTo(404);
    assertThat(server.post("/admin/v1/agents/nobody/secrets", "{}").status()).isEqualTo(404);
    assertThat(server.post("/admin/v1/agents/postern-admin-api/secrets", "{}").status())
        .isEqualTo(404);
  }
}
