package io.postern.admin.keys;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.postern.admin.AdminServer;
import io.postern.admin.AdminServer.Answer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SigningKeyApiTest {
  private static final String KEYS = "/admin/v1/signing-keys";
  private static final String ROTATE = KEYS + "/rotate";

  @RegisterExtension static final AdminServer server = new AdminServer();

  @BeforeEach
  void removeKeys() throws Exception {
    server.execute("delete from signing_key");
  }

  @Test
  void rotate_makesAPendingKeyForEachAlgorithm() throws Exception {
    Answer answer = server.send("POST", ROTATE, null);

    assertThat(answer.status()).isEqualTo(200);
    assertThat(texts(answer, "alg")).containsExactly("ES256", "RS256", "PS256", "EdDSA");
    assertThat(texts(answer, "state")).containsOnly("pending");
    assertThat(answer.revision()).isPositive();
    Answer list = server.get(KEYS);
    assertThat(list.json().path("items")).isEqualTo(answer.json().path("items"));
    assertThat(list.json().path("next_cursor").isNull()).isTrue();
  }

  @Test
  void rotate_oneAlgorithm_leavesTheOthers() throws Exception {
    assertThat(texts(server.post(ROTATE, "{\"alg\": \"RS256\"}"), "alg")).containsExactly("RS256");
    assertThat(server.query("select alg from signing_key")).containsExactly("RS256");
  }

  @Test
  void rotate_pendingAlready_isAnsweredAndNotMadeTwice() throws Exception {
    Answer first = server.post(ROTATE, "{\"alg\": \"ES256\"}");
    Answer again = server.post(ROTATE, "{}");

    assertThat(texts(again, "kid")).hasSize(4).contains(texts(first, "kid").getFirst());
    assertThat(server.query("select kid from signing_key")).hasSize(4);
  }

  @Test
  void rotateImmediately_theNewKeySigns_andAllOthersOfTheAlgorithmAreGone() throws Exception {
    server.post(ROTATE, "{\"immediately\": true}");
    server.execute("update signing_key set state = 'retired' where alg = 'ES256'");
    String active = texts(server.post(ROTATE, activeEs256()), "kid").getFirst();
    server.post(ROTATE, "{\"alg\": \"ES256\"}");

    Answer answer = server.post(ROTATE, activeEs256());

    assertThat(answer.status()).isEqualTo(200);
    JsonNode key = answer.json().path("items").path(0);
    assertThat(key.path("kid").asText()).isNotEqualTo(active);
    assertThat(key.path("state").asText()).isEqualTo("active");
    assertThat(key.path("activated_at").isTextual()).isTrue();
    assertThat(server.query("select kid from signing_key where alg = 'ES256'"))
        .containsExactly(key.path("kid").asText());
    assertThat(server.query("select kid from signing_key where alg <> 'ES256'")).hasSize(3);
  }

  @Test
  void rotateImmediately_isOneTransaction() throws Exception {
    server.post(ROTATE, "{\"immediately\": true}");
    Answer answer = server.post(ROTATE, "{\"immediately\": true}");

    assertThat(
            server.query(
                "select distinct revision from audit_event where target_type = 'signing_key'"
                    + " and revision > "
                    + (answer.revision() - 1)))
        .containsExactly("" + answer.revision());
  }

  @Test
  void list_showsTheLifeAndNothingPrivate() throws Exception {
    server.post(ROTATE, activeEs256());
    Answer list = server.get(KEYS);

    List<String> members = new ArrayList<>();
    list.json().path("items").path(0).fieldNames().forEachRemaining(members::add);
    assertThat(members)
        .containsExactly(
            "kid", "alg", "state", "created_at", "published_at", "activated_at", "retired_at");
  }

  @Test
  void list_hasPages() throws Exception {
    List<String> kids = texts(server.post(ROTATE, "{}"), "kid");
    Answer first = server.get(KEYS + "?limit=3");
    Answer second = server.get(KEYS + "?limit=3&cursor=" + first.text("next_cursor"));

    assertThat(texts(first, "kid")).isEqualTo(kids.subList(0, 3));
    assertThat(texts(second, "kid")).isEqualTo(kids.subList(3, 4));
  }

  @Test
  void rotate_isAuditedWithoutThePrivateKey() throws Exception {
    String kid = texts(server.post(ROTATE, activeEs256()), "kid").getFirst();

    List<String> events =
        server.query(
            "select actor || ' ' || action || ' ' || (after::text) from audit_event where target = '%s'"
                .formatted(kid));
    assertThat(events)
        .singleElement()
        .asString()
        .startsWith("test-admin insert ")
        .doesNotContain("private_key");
    String hex = HexFormat.of().formatHex(AdminServer.SEALED.getBytes(StandardCharsets.US_ASCII));
    assertThat(server.query("select audit_event::text from audit_event"))
        .noneMatch(event -> event.contains(hex) || event.contains(AdminServer.SEALED));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "{\"alg\": \"ES384\"}; /alg",
        "{\"alg\": \"none\"}; /alg",
        "{\"immediately\": \"true\"}; /immediately",
        "{\"immediate\": true}; /immediate"
      })
  void rotate_badContent_isRefused(String body, String pointer) throws Exception {
    Answer answer = server.post(ROTATE, body);

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.pointers()).containsExactly(pointer);
    assertThat(server.query("select kid from signing_key")).isEmpty();
  }

  @Test
  void scopes_areThoseOfReadingAndWriting() throws Exception {
    String read = "Bearer " + server.token("admin:read");
    String write = "Bearer " + server.token("admin:write");
    assertThat(server.get(KEYS, "Authorization", read).status()).isEqualTo(200);
    assertThat(server.get(KEYS, "Authorization", write).status()).isEqualTo(403);
    assertThat(server.post(ROTATE, "{}", "Authorization", read).status()).isEqualTo(403);
    assertThat(server.post(ROTATE, "{}", "Authorization", write).status()).isEqualTo(200);
  }

  private static String activeEs256() {
    return "{\"alg\": \"ES256\", \"immediately\": true}";
  }

  private static List<String> texts(Answer answer, String member) {
    List<String> texts = new ArrayList<>();
    answer.json().path("items").forEach(item -> texts.add(item.path(member).asText()));
    return texts;
  }
}
