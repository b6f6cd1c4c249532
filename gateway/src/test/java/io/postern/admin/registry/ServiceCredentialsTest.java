package io.postern.admin.registry;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import io.postern.admin.AdminServer;
import io.postern.admin.AdminServer.Answer;
import java.util.HexFormat;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The secrets and keys of services: as agents have them, for asking about tokens only. */
class ServiceCredentialsTest {
  @RegisterExtension static final AdminServer server = new AdminServer();

  private static String newService() throws Exception {
    Answer created =
        server.post(
            "/admin/v1/services",
            "{\"name\": \"S\", \"audience\": \"urn:%s\"}".formatted(UUID.randomUUID()));
    assertThat(created.status()).isEqualTo(201);
    return created.header("Location");
  }

  @Test
  void secret_isShownOnce_keptAsAKeyedHash_listedAndDeleted() throws Exception {
    String secrets = newService() + "/secrets";
    Answer created = server.post(secrets, "{\"description\": \"verifier\"}");
    assertThat(created.status()).isEqualTo(201);
    String value = created.text("client_secret");
    assertThat(value).matches("pcs_[A-Za-z0-9_-]{43}");
    assertThat(created.header("Location")).isEqualTo(secrets + "/" + created.text("secret_id"));
    assertThat(
            server.query(
                "select encode(hash, 'hex') from client_secret where secret_id = '%s'"
                    .formatted(created.text("secret_id"))))
        .containsExactly(
            HexFormat.of().formatHex(AdminServer.HASH_KEY.hash(AdminServer.CRYPTO, value)));
    Answer list = server.get(secrets);
    assertThat(list.json().findValuesAsText("description")).containsExactly("verifier");
    assertThat(list.json().toString()).doesNotContain(value);
    assertThat(server.delete(created.header("Location")).status()).isEqualTo(204);
    assertThat(server.get(created.header("Location")).status()).isEqualTo(404);
  }

  @Test
  void key_isRegisteredShownAndDeleted() throws Exception {
    String keys = newService() + "/keys";
    String jwk = new ECKeyGenerator(Curve.P_256).generate().toPublicJWK().toJSONString();
    Answer created = server.post(keys, "{\"kid\": \"k1\", \"jwk\": %s}".formatted(jwk));
    assertThat(created.status()).isEqualTo(201);
    assertThat(created.header("Location")).isEqualTo(keys + "/k1");
    assertThat(server.get(keys).json().findValuesAsText("thumbprint"))
        .containsExactly(created.text("thumbprint"));
    assertThat(server.post(keys, "{\"kid\": \"k1\", \"jwk\": %s}".formatted(jwk)).status())
        .isEqualTo(409);
    assertThat(server.delete(keys + "/k1").status()).isEqualTo(204);
  }

  @Test
  void audit_tellsWhoDidIt_andNoValue() throws Exception {
    Answer created = server.post(newService() + "/secrets", "{}");
    String id = created.text("secret_id");
    assertThat(
            server.query(
                "select action || ' ' || target_type from audit_event where target like '%/"
                    + id
                    + "'"))
        .containsExactly("insert client_secret");
    assertThat(server.query("select audit_event::text from audit_event"))
        .noneMatch(event -> event.contains(created.text("client_secret")));
  }

  @Test
  void bounds_areThoseOfAgents() throws Exception {
    String secrets = newService() + "/secrets";
    for (int i = 0; i < 20; i++) {
      assertThat(server.post(secrets, "{}").status()).isEqualTo(201);
    }
    Answer more = server.post(secrets, "{}");
    assertThat(more.status()).isEqualTo(409);
    assertThat(more.text("detail")).isEqualTo("A service has at most 20 secrets.");
  }

  @Test
  void deletedService_takesItsCredentialsAlong() throws Exception {
    String service = newService();
    String secret = server.post(service + "/secrets", "{}").text("secret_id");
    assertThat(server.delete(service).status()).isEqualTo(204);
    assertThat(
            server.query("select secret_id from client_secret where secret_id = '" + secret + "'"))
        .isEmpty();
  }

  @Test
  void whatIsBuiltIn_holdsNone() throws Exception {
    for (String id : new String[] {"postern-admin-api", "postern-vault"}) {
      Answer answer = server.post("/admin/v1/services/" + id + "/secrets", "{}");
      assertThat(answer.status()).isEqualTo(409);
      assertThat(answer.text("type")).endsWith("builtin");
    }
  }

  @Test
  void agent_isNoService_andNobodyIsNone() throws Exception {
    Answer agent = server.post("/admin/v1/agents", "{\"name\": \"A\"}");
    String path = "/admin/v1/services/" + agent.text("client_id") + "/secrets";
    assertThat(server.post(path, "{}").status()).isEqualTo(404);
    assertThat(server.get("/admin/v1/services/nobody/keys").status()).isEqualTo(404);
  }
}
