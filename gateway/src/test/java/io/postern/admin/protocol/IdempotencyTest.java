package io.postern.admin.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.admin.AdminServer;
import io.postern.admin.AdminServer.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IdempotencyTest {
  @RegisterExtension static final AdminServer server = new AdminServer();

  private static final String AGENTS = "/admin/v1/agents";
  private static final String BODY = "{\"name\": \"Once\"}";

  private static Answer post(String path, String body, String key) throws Exception {
    return server.post(path, body, "Idempotency-Key", key);
  }

  private static void assertSame(Answer again, Answer first) {
    assertThat(again.status()).isEqualTo(first.status());
    assertThat(again.response().body()).isEqualTo(first.response().body());
    for (String header : List.of("Location", "ETag", "Postern-Revision", "Content-Type")) {
      assertThat(again.header(header)).isEqualTo(first.header(header));
    }
  }

  @Test
  void repeat_isAnsweredAsTheFirst_andMakesNothing() throws Exception {
    String body = "{\"name\": \"Only one\"}";
    Answer first = post(AGENTS, body, "one");
    server.newAgent("between");
    Answer again = post(AGENTS, body, "one");

    assertThat(first.status()).isEqualTo(201);
    assertSame(again, first);
    assertThat(server.get(AGENTS + "?name=Only%20one").json().path("items")).hasSize(1);
    assertThat(post(AGENTS, body, "another").text("client_id"))
        .isNotEqualTo(first.text("client_id"));
  }

  @Test
  void repeat_ofWhatWouldBeRefusedByNow_isAnsweredAsTheFirst() throws Exception {
    String service = "{\"name\": \"S\", \"audience\": \"urn:twice\"}";
    Answer first = post("/admin/v1/services", service, "service");
    assertSame(post("/admin/v1/services", service, "service"), first);
    assertThat(server.post("/admin/v1/services", service).status()).isEqualTo(409);

    server.delete(first.header("Location"));
    assertSame(post("/admin/v1/services", service, "service"), first);
  }

  @Test
  void repeat_ofASecret_isAConflictThatNamesTheFirst() throws Exception {
    String secrets = AGENTS + "/" + server.newAgent("a") + "/secrets";
    Answer first = post(secrets, "{}", "secret");
    Answer again = post(secrets, "{}", "secret");

    assertThat(again.status()).isEqualTo(409);
    assertThat(again.text("type")).isEqualTo("urn:postern:problem:secret-shown");
    assertThat(again.text("secret_id")).isEqualTo(first.text("secret_id"));
    assertThat(again.header("Location")).isEqualTo(first.header("Location"));
    assertThat(server.get(secrets).json().path("items")).hasSize(1);
    assertThat(server.query("select k::text from idempotency_key k"))
        .isNotEmpty()
        .noneMatch(row -> row.contains(first.text("client_secret")));
  }

  @Test
  void repeat_ofAnotherRequest_isRefused() throws Exception {
    String agent = server.newAgent("a");
    post(AGENTS, BODY, "taken");
    Answer otherBody = post(AGENTS, "{\"name\": \"Other\"}", "taken");
    assertThat(otherBody.status()).isEqualTo(422);
    assertThat(otherBody.text("type")).isEqualTo("urn:postern:problem:idempotency-key-reused");
    assertThat(post(AGENTS + "/" + agent + "/secrets", BODY, "taken").status()).isEqualTo(422);
    // even if that request would be refused anyway
    assertThat(post(AGENTS, "{\"nome\": 1}", "taken").text("type"))
        .isEqualTo("urn:postern:problem:idempotency-key-reused");
  }

  @Test
  void refusedRequest_leavesTheKeyFree() throws Exception {
    assertThat(post(AGENTS, "{}", "again").status()).isEqualTo(422);
    assertThat(post(AGENTS + "/nobody/secrets", "{}", "again").status()).isEqualTo(404);
    assertThat(post(AGENTS, BODY, "again").status()).isEqualTo(201);
  }

  @Test
  void manyAtOnce_makeOne() throws Exception {
    List<CompletableFuture<Answer>> answers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      answers.add(server.sendAsync("POST", AGENTS, BODY, "Idempotency-Key", "at once"));
    }
    assertThat(answers).allMatch(answer -> answer.join().status() == 201);
    assertThat(answers.stream().map(answer -> answer.join().text("client_id")).distinct())
        .hasSize(1);
  }

  @Test
  void keyOfAnotherActor_isAnotherKey() throws Exception {
    Answer first = post(AGENTS, BODY, "mine");
    server.execute("update idempotency_key set actor = 'somebody else' where key = 'mine'");
    assertThat(post(AGENTS, BODY, "mine").text("client_id")).isNotEqualTo(first.text("client_id"));
  }

  @Test
  void key_isKeptForADay() throws Exception {
    Answer first = post(AGENTS, BODY, "day");
    age("day", "23 hours 59 minutes");
    assertSame(post(AGENTS, BODY, "day"), first);
    age("day", "24 hours 1 second");
    Answer next = post(AGENTS, BODY, "day");
    assertThat(next.text("client_id")).isNotEqualTo(first.text("client_id"));
    assertSame(post(AGENTS, BODY, "day"), next);
  }

  private static void age(String key, String interval) throws Exception {
    server.execute(
        "update idempotency_key set created_at = now() - interval '%s' where key = '%s'"
            .formatted(interval, key));
  }

  @Test
  void rotation_repeated_makesNoFurtherKey() throws Exception {
    String body = "{\"alg\": \"EdDSA\", \"immediately\": true}";
    Answer first = post("/admin/v1/signing-keys/rotate", body, "rotate");
    assertThat(first.status()).isEqualTo(200);
    assertSame(post("/admin/v1/signing-keys/rotate", body, "rotate"), first);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 255})
  void key_ofGoodLength_isTaken(int length) throws Exception {
    assertThat(post(AGENTS, BODY, "~".repeat(length)).status()).isEqualTo(201);
  }

  @Test
  void key_malformed_isABadRequest() throws Exception {
    assertThat(post(AGENTS, BODY, "~".repeat(256)).status()).isEqualTo(400);
    assertThat(post(AGENTS, BODY, "").status()).isEqualTo(400);
    assertThat(
            server
                .post(AGENTS, BODY, "Idempotency-Key", "one line", "Idempotency-Key", "another")
                .status())
        .isEqualTo(400);
  }
}
