package io.postern.admin.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.postern.admin.AdminServer;
import io.postern.admin.AdminServer.Answer;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** What holds for every resource of the admin API. */
class AdminProtocolTest {
  private static final String AGENTS = "/admin/v1/agents";

  @RegisterExtension static final AdminServer server = new AdminServer();

  @AfterEach
  void releaseIndex() {
    server.holdIndex(CompletableFuture.completedFuture(true));
  }

  @Test
  void anyPath_thatTheRouterWouldResolve_isNotFound() throws Exception {
    String service = "/admin/v1/services/" + server.newService("urn:dots", "read");
    for (String rest : new String[] {"/scopes/%2E%2E", "/scopes/%2e%2e", "/scopes/%2E", "/"}) {
      assertThat(server.delete(service + rest).status()).as(rest).isEqualTo(404);
    }
    assertThat(server.get(service).status()).isEqualTo(200);
    String scope = "{\"value\": \"..\"}";
    assertThat(server.post(service + "/scopes", scope).status()).isEqualTo(422);
  }

  @Test
  void openApi_isShownWithoutAToken() throws Exception {
    Answer answer = server.sendAsIs("GET", "/admin/v1/openapi.json", null);
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.header("Content-Type")).isEqualTo("application/json");
    assertThat(answer.text("openapi")).isEqualTo("3.1.0");
    assertThat(answer.json().at("/info/version").asText()).isEqualTo("1.2.3");
    assertThat(
            answer.json().at("/components/securitySchemes/oauth2/flows/clientCredentials/tokenUrl"))
        .hasToString("\"https://gateway.example/oauth2/token\"");
    assertThat(server.post("/admin/v1/openapi.json", "{}").status()).isEqualTo(405);
    assertThat(server.sendAsIs("GET", "/admin/v1/openapi.json/", null).status()).isEqualTo(404);
  }

  @Test
  void anyPath_unknown_isNotFound() throws Exception {
    for (String path : new String[] {"/admin/v1/nothing", "/admin/v2/agents", AGENTS + "/a/b"}) {
      Answer answer = server.get(path);
      assertThat(answer.status()).isEqualTo(404);
      assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
      assertThat(answer.json().path("status").intValue()).isEqualTo(404);
    }
  }

  @Test
  void anyMethod_unknown_isNotAllowed() throws Exception {
    Answer answer = server.delete(AGENTS);
    assertThat(answer.status()).isEqualTo(405);
    assertThat(answer.header("Allow")).isEqualTo("HEAD, GET, POST");
    assertThat(answer.text("title")).isEqualTo("Method not allowed");
  }

  @Test
  void head_answersAsGetWithoutABody() throws Exception {
    String agent = AGENTS + "/" + server.newAgent("a");
    Answer head = server.send("HEAD", agent, null);
    assertThat(head.status()).isEqualTo(200);
    assertThat(head.header("ETag")).isEqualTo(server.get(agent).header("ETag"));
    assertThat(head.response().body()).isEmpty();
  }

  @Test
  void body_ofAnotherType_isUnsupported() throws Exception {
    String body = "{\"name\": \"a\"}";
    for (String type :
        new String[] {
          "text/plain",
          "application/merge-patch+json",
          "application/x-www-form-urlencoded; charset=utf-16",
          "multipart/form-data",
          "application/x-www-form-urlencoded",
          "multipart/form-data; boundary=x"
        }) {
      assertThat(server.post(AGENTS, body, "Content-Type", type).status()).as(type).isEqualTo(415);
    }
    Answer patch = server.patch(AGENTS + "/x", "{}", "Content-Type", "application/json-patch+json");
    assertThat(patch.status()).isEqualTo(415);
    assertThat(patch.header("Accept-Patch")).contains("application/merge-patch+json");
  }

  // RFC 8259 §11: JSON has no charset parameter, and one has no effect
  @Test
  void body_withACharset_isReadAsUtf8() throws Exception {
    for (String charset : new String[] {"\"UTF-8\"", "utf8", "ISO-8859-1", "us-ascii", "x"}) {
      String type = "Application/JSON; charset=" + charset;
      Answer answer = server.post(AGENTS, "{\"name\": \"Zoë\"}", "Content-Type", type);
      assertThat(answer.status()).as(type).isEqualTo(201);
      assertThat(answer.text("name")).isEqualTo("Zoë");
    }
  }

  @Test
  void body_inAnotherEncodingThanUtf8_isABadRequest() throws Exception {
    for (Charset charset : List.of(StandardCharsets.UTF_16, StandardCharsets.ISO_8859_1)) {
      for (String path : List.of(AGENTS, "/admin/v1/topology")) {
        String body = path.equals(AGENTS) ? "{\"name\": \"Zoë\"}" : "{\"agents\": [\"ë\"]}";
        Answer answer = server.sendBytes("POST", path, body.getBytes(charset));
        assertThat(answer.status()).as(charset + " " + path).isEqualTo(400);
      }
    }
  }

  @Test
  void body_encoded_isToldSo() throws Exception {
    for (String path : List.of(AGENTS, "/admin/v1/topology")) {
      Answer answer = server.post(path, "{}", "Content-Encoding", "gzip");
      assertThat(answer.status()).isEqualTo(415);
      assertThat(answer.text("detail")).contains("Content-Encoding");
      assertThat(answer.header("Accept-Encoding")).isEqualTo("identity");
    }
    assertThat(server.post(AGENTS, "{\"name\": \"a\"}", "Content-Encoding", "identity").status())
        .isEqualTo(201);
  }

  @Test
  void body_thatNobodyAskedFor_isPassedOver() throws Exception {
    for (String type :
        new String[] {
          "application/json",
          "application/x-www-form-urlencoded; charset=utf-16",
          "application/x-www-form-urlencoded; charset=nonsense",
          "application/x-www-form-urlencoded",
          "multipart/form-data",
          "multipart/form-data; boundary=x",
          "text/plain"
        }) {
      String agent = AGENTS + "/" + server.newAgent("a");
      for (String body : new String[] {"{", "a=%", "--x\r\n", "x".repeat(100_000)}) {
        String[] headers = {"Content-Type", type, "Content-Encoding", "gzip"};
        assertThat(server.send("GET", AGENTS, body, headers).status()).as(type).isEqualTo(200);
        assertThat(server.send("HEAD", agent, body, headers).status()).as(type).isEqualTo(200);
      }
      assertThat(server.send("DELETE", agent, "a=%", "Content-Type", type).status())
          .as(type)
          .isEqualTo(204);
    }
  }

  @Test
  void body_thatIsRefused_leavesTheConnectionFree() throws Exception {
    String large = " ".repeat(3 * 1024 * 1024);
    for (int i = 0; i < 3; i++) {
      assertThat(server.post(AGENTS, large).status()).isEqualTo(413);
      assertThat(server.post("/admin/v1/topology", large, "Content-Type", "text/plain").status())
          .isEqualTo(415);
      assertThat(server.post("/admin/v1/topology", "[" + large).status()).isEqualTo(422);
      assertThat(server.get(AGENTS).status()).isEqualTo(200);
    }
  }

  @Test
  void body_malformed_isABadRequest() throws Exception {
    for (String body :
        new String[] {
          "",
          "{",
          "{\"name\": \"a\",}",
          "{\"name\": \"a\"} x",
          "{\"name\": \"a\", \"name\": \"b\"}",
          "{name: 1}",
          "[".repeat(100),
          "{\"name\": NaN}",
          "nul"
        }) {
      Answer answer = server.post(AGENTS, body);
      assertThat(answer.status()).as(body).isEqualTo(400);
    }
    assertThat(server.post(AGENTS, "[]").status()).isEqualTo(422);
    assertThat(server.post(AGENTS, "null").status()).isEqualTo(422);
  }

  @Test
  void body_tooLarge_isRefused() throws Exception {
    Answer answer = server.post(AGENTS, "{\"name\": \"" + "a".repeat(1024 * 1024) + "\"}");
    assertThat(answer.status()).isEqualTo(413);
    assertThat(answer.header("Content-Type")).isEqualTo("application/problem+json");
  }

  @Test
  void target_malformed_isABadRequest() throws Exception {
    for (String target : new String[] {"/agents/%zz", "/agents?name=%zz", "/agents/%"}) {
      assertThat(rawGet("/admin/v1" + target))
          .as(target)
          .startsWith("HTTP/1.1 400 ")
          .contains("application/problem+json");
    }
  }

  // java.net.http refuses to send such a target
  private static String rawGet(String target) throws Exception {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      String request =
          "GET %s HTTP/1.1\r\nHost: a\r\nConnection: close\r\nAuthorization: Bearer %s\r\n\r\n"
              .formatted(target, server.token("admin:read"));
      socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
    }
  }

  @Test
  void query_unknownOrTwice_isABadRequest() throws Exception {
    Answer answer = server.get(AGENTS + "?nmae=a&limit=1&limit=2");
    assertThat(answer.status()).isEqualTo(400);
    assertThat(answer.json().path("errors").findValuesAsText("parameter"))
        .containsExactlyInAnyOrder("nmae", "limit");
    assertThat(server.post(AGENTS + "?name=x", "{\"name\": \"a\"}").status()).isEqualTo(400);
    assertThat(server.get(AGENTS + "?name=%00").status()).isEqualTo(400);
  }

  @Test
  void list_limitsAndCursors_areChecked() throws Exception {
    for (String limit : new String[] {"0", "501", "-1", "x", "1.5", ""}) {
      assertThat(server.get(AGENTS + "?limit=" + limit).status()).as(limit).isEqualTo(400);
    }
    server.newService("urn:one");
    server.newService("urn:two");
    String cursor = server.get("/admin/v1/services?limit=1").text("next_cursor");
    assertThat(server.get("/admin/v1/services?limit=1&cursor=" + cursor).status()).isEqualTo(200);
    assertThat(server.get(AGENTS + "?cursor=" + cursor).status()).isEqualTo(400);
    assertThat(server.get(AGENTS + "?cursor=%21").status()).isEqualTo(400);
    assertThat(server.get(AGENTS + "?cursor=").status()).isEqualTo(400);
  }

  @Test
  void list_pages_areStableUnderWrites() throws Exception {
    List<String> created = new ArrayList<>();
    for (int i = 0; i < 7; i++) {
      created.add(server.newAgent("paged"));
    }
    List<String> seen = new ArrayList<>();
    String next = AGENTS + "?name=paged&limit=2";
    Answer page = server.get(next);
    while (true) {
      seen.addAll(page.json().path("items").findValuesAsText("client_id"));
      if (seen.size() == 2) {
        server.delete(AGENTS + "/" + created.get(0));
        server.delete(AGENTS + "/" + created.get(3));
        server.patch(AGENTS + "/" + created.get(4), "{\"status\": \"disabled\"}");
        created.add(server.newAgent("paged"));
      }
      JsonNode cursor = page.json().path("next_cursor");
      if (cursor.isNull()) {
        break;
      }
      page = server.get(next + "&cursor=" + cursor.asText());
    }
    created.remove(3);
    assertThat(seen).isEqualTo(created);
  }

  @Test
  void get_knownTag_isNotModified() throws Exception {
    String agent = AGENTS + "/" + server.newAgent("a");
    String tag = server.get(agent).header("ETag");
    assertThat(tag).matches("\"\\d+\"");
    for (String header : new String[] {tag, "W/" + tag, "\"x\" , " + tag, "*"}) {
      Answer answer = server.get(agent, "If-None-Match", header);
      assertThat(answer.status()).as(header).isEqualTo(304);
      assertThat(answer.header("ETag")).isEqualTo(tag);
      assertThat(answer.response().body()).isEmpty();
    }
    assertThat(server.get(agent, "If-None-Match", "\"1\"").status()).isEqualTo(200);
  }

  @Test
  void change_staleTag_isRefused() throws Exception {
    String agent = AGENTS + "/" + server.newAgent("a");
    String stale = server.get(agent).header("ETag");
    Answer changed = server.patch(agent, "{\"name\": \"b\"}", "If-Match", "\"x\", " + stale);
    assertThat(changed.status()).isEqualTo(200);

    for (String header : new String[] {stale, "W/" + changed.header("ETag")}) {
      assertThat(server.patch(agent, "{\"name\": \"c\"}", "If-Match", header).status())
          .isEqualTo(412);
      assertThat(server.delete(agent, "If-Match", header).status()).isEqualTo(412);
    }
    assertThat(server.patch(agent, "{\"name\": \"c\"}", "If-Match", "7").status()).isEqualTo(400);
    assertThat(server.get(agent).text("name")).isEqualTo("b");
    assertThat(server.delete(agent, "If-Match", "*").status()).isEqualTo(204);
  }

  @Test
  void change_byManyAtOnceWithOneTag_isMadeOnce() throws Exception {
    String agent = AGENTS + "/" + server.newAgent("a");
    String tag = server.get(agent).header("ETag");
    List<CompletableFuture<Answer>> answers = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      String body = "{\"name\": \"b%d\"}".formatted(i);
      answers.add(server.sendAsync("PATCH", agent, body, "If-Match", tag));
    }
    assertThat(answers.stream().map(answer -> answer.join().status()))
        .containsOnlyOnce(200)
        .containsOnly(200, 412);
  }

  @Test
  void write_tellsItsRevisionAndItsAuthor() throws Exception {
    Answer created = server.post(AGENTS, "{\"name\": \"audited\"}");
    Answer changed =
        server.patch(AGENTS + "/" + created.text("client_id"), "{\"name\": \"audited 2\"}");
    assertThat(changed.revision()).isGreaterThan(created.revision());
    assertThat(changed.header("ETag")).isEqualTo("\"" + changed.revision() + "\"");
    assertThat(
            server.query(
                "select distinct actor || ' ' || source from audit_event where target = '%s'"
                    .formatted(created.text("client_id"))))
        .containsExactly("test-admin 127.0.0.1");
  }

  @Test
  void write_indexBehind_saysThatItIsCommitted() throws Exception {
    server.holdIndex(new CompletableFuture<>());
    Answer answer = server.post(AGENTS, "{\"name\": \"late\"}");
    assertThat(answer.status()).isEqualTo(504);
    assertThat(answer.json().path("revision").longValue()).isEqualTo(answer.revision());
    assertThat(answer.json().path("result").path("name").asText()).isEqualTo("late");
    assertThat(server.get(answer.header("Location")).text("name")).isEqualTo("late");
  }

  @Test
  void write_answersWhenTheIndexHasIt() throws Exception {
    CompletableFuture<Boolean> reached = new CompletableFuture<>();
    server.holdIndex(reached);
    var written = server.sendAsync("POST", AGENTS, "{\"name\": \"waiting\"}");
    while (server.query("select 1 from application where name = 'waiting'").isEmpty()) {
      Thread.onSpinWait();
    }
    assertThat(server.get(AGENTS).status()).isEqualTo(200);
    assertThat(written).isNotDone();
    reached.complete(true);
    assertThat(written.get().status()).isEqualTo(201);
  }

  @Test
  void index_showsItsState() throws Exception {
    Answer answer = server.get("/admin/v1/index?min_revision=7&timeout=PT0.5S");
    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.json().toString())
        .isEqualTo(
            "{\"revision\":7,\"agents\":2,\"resources\":3,\"grants\":4,\"staleness_seconds\":1.5,"
                + "\"replicas\":[]}");
  }

  @Test
  void index_revisionNotReached_timesOut() throws Exception {
    server.holdIndex(new CompletableFuture<>());
    assertThat(server.get("/admin/v1/index?min_revision=8&timeout=PT0S").status()).isEqualTo(504);
    assertThat(server.get("/admin/v1/index?min_revision=8&timeout=PT0.01S").status())
        .isEqualTo(504);
  }

  @Test
  void index_badParameters_areRefused() throws Exception {
    for (String query :
        new String[] {"min_revision=x", "timeout=2", "timeout=PT31S", "timeout=-PT1S"}) {
      assertThat(server.get("/admin/v1/index?" + query).status()).as(query).isEqualTo(400);
    }
  }
}
