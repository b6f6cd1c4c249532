package io.postern.admin.registry;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.admin.AdminServer;
import io.postern.admin.AdminServer.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class LicenseLimitTest {
  @RegisterExtension static final AdminServer server = AdminServer.limitedTo(2);
  @RegisterExtension static final AdminServer crowded = AdminServer.limitedTo(5);
  @RegisterExtension static final AdminServer unlimited = new AdminServer();

  @Test
  void create_pastTheLimit_isAConflictWithoutEffect() throws Exception {
    assertLicense(server, "{\"used\":0,\"limit\":2}");
    String agent = server.newAgent("a");
    assertThat(server.newService("urn:b")).isNotEmpty();
    assertLicense(server, "{\"used\":2,\"limit\":2}");

    Answer refused = server.post("/admin/v1/agents", "{\"name\": \"c\", \"client_id\": \"ccc\"}");
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("type")).isEqualTo("urn:postern:problem:license-limit");
    assertThat(refused.json().path("limit").intValue()).isEqualTo(2);
    assertThat(refused.json().path("used").intValue()).isEqualTo(2);
    assertThat(
            server
                .post("/admin/v1/services", "{\"name\": \"d\", \"audience\": \"urn:d\"}")
                .status())
        .isEqualTo(409);

    server.delete("/admin/v1/agents/" + agent);
    assertThat(
            server.post("/admin/v1/agents", "{\"name\": \"c\", \"client_id\": \"ccc\"}").status())
        .isEqualTo(201);
  }

  @Test
  void license_withoutALimit_tellsWhatIsUsed() throws Exception {
    unlimited.newAgent("a");
    assertLicense(unlimited, "{\"used\":1,\"limit\":null}");
  }

  private static void assertLicense(AdminServer of, String expected) throws Exception {
    assertThat(of.get("/admin/v1/license").json()).isEqualTo(AdminServer.JSON.readTree(expected));
  }

  @Test
  void create_byManyAtOnce_staysWithinTheLimit() throws Exception {
    List<CompletableFuture<Answer>> answers = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      answers.add(crowded.sendAsync("POST", "/admin/v1/agents", "{\"name\": \"a\"}"));
    }
    assertThat(answers.stream().filter(answer -> answer.join().status() == 201)).hasSize(5);
    assertThat(answers.stream().filter(answer -> answer.join().status() == 409)).hasSize(7);
  }
}
