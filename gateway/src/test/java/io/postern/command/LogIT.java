package io.postern.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.testing.PosternProcess;
import io.postern.testing.TestGateway;
import io.postern.testing.TestPostgres;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.OffsetDateTime;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

/** What a gateway says about itself from its start to its stop, all of it turned on. */
class LogIT {
  private static final Duration SOON = Duration.ofSeconds(30);

  private final String httpPort = "" + TestGateway.freePort();
  private final String managementPort = "" + TestGateway.freePort();
  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void json_isALineForEachEvent_onStderrAlone_andHoldsNoSecret() throws Exception {
    String database = TestPostgres.newDatabase();
    Map<String, String> settings = new HashMap<>();
    settings.put("POSTERN_DATABASE_URL", database);
    settings.put("POSTERN_LOG_FORMAT", "json");
    settings.put("POSTERN_LOG_LEVEL", "trace");
    try (PosternProcess migrate = PosternProcess.start(settings, "migrate")) {
      assertThat(migrate.awaitExit()).isZero();
      assertThat(migrate.err().lines()).allSatisfy(LogIT::requireEvent);
    }
    settings.put("POSTERN_MASTER_KEY", TestGateway.MASTER_KEY);
    settings.put("POSTERN_BOOTSTRAP_ADMIN_SECRET", TestGateway.ADMIN_SECRET);
    settings.put("POSTERN_HTTP_PORT", httpPort);
    settings.put("POSTERN_MANAGEMENT_PORT", managementPort);
    settings.put("POSTERN_ACCESS_LOG", "true");
    settings.put("POSTERN_DRAIN_DELAY", "PT0S");

    try (PosternProcess gateway = PosternProcess.start(settings, "serve")) {
      gateway.awaitReady(managementPort);
      assertThat(token("wrong-secret-0123456789").statusCode()).isEqualTo(401);
      String token =
          new JsonObject(token(TestGateway.ADMIN_SECRET).body()).getString("access_token");
      String secret =
          admin(token, "/agents/postern-admin/secrets", "{}").getString("client_secret");
      TestPostgres.cut(database);
      awaitLog(gateway, "The index is not in step");
      TestPostgres.mend(database);
      awaitLog(gateway, "in step again");
      admin(token, "/signing-keys/rotate", "{\"alg\": \"PS256\", \"immediately\": true}");
      gateway.terminate();
      assertThat(gateway.awaitExit()).isZero();

      assertThat(gateway.out()).isEmpty();
      List<String> messages =
          gateway.err().lines().map(line -> requireEvent(line).getString("message")).toList();
      for (String event :
          List.of(
              "Starting Postern",
              "The index is loaded",
              "Ready",
              "The index is not in step",
              "The index is in step again",
              "signs from now on (asked for by postern-admin)",
              "Draining",
              "Stopped")) {
        assertThat(messages).as(event).filteredOn(message -> message.contains(event)).hasSize(1);
      }
      assertThat(gateway.err())
          .contains("\"path\":\"/oauth2/token\",\"status\":401")
          .contains("\"path\":\"/admin/v1/signing-keys/rotate\",\"status\":200")
          .doesNotContain("wrong-secret", TestGateway.ADMIN_SECRET, secret, TestGateway.MASTER_KEY)
          .doesNotContain(token.substring(token.lastIndexOf('.')))
          .doesNotContain(URI.create(database).getUserInfo().replaceFirst("[^:]*:", ""));
    }
  }

  private HttpResponse<String> token(String secret) throws Exception {
    String basic =
        Base64.getEncoder()
            .encodeToString(("postern-admin:" + secret).getBytes(StandardCharsets.UTF_8));
    return http.send(
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + "/oauth2/token"))
            .header("Authorization", "Basic " + basic)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(
                BodyPublishers.ofString("grant_type=client_credentials&audience=urn:postern:admin"))
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  private JsonObject admin(String token, String path, String body) throws Exception {
    HttpResponse<String> answer =
        http.send(
            HttpRequest.newBuilder(
                    URI.create("http://127.0.0.1:" + managementPort + "/admin/v1" + path))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build(),
            HttpResponse.BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(answer.body()).isBetween(200, 201);
    return new JsonObject(answer.body());
  }

  private static JsonObject requireEvent(String line) {
    JsonObject event = new JsonObject(line);
    assertThat(OffsetDateTime.parse(event.getString("time")).getOffset().getTotalSeconds())
        .isZero();
    assertThat(event.fieldNames()).contains("level", "logger", "thread", "message");
    return event;
  }

  private static void awaitLog(PosternProcess process, String text) {
    long deadline = System.nanoTime() + SOON.toNanos();
    while (!process.err().contains(text)) {
      assertThat(System.nanoTime()).as(text).isLessThan(deadline);
      LockSupport.parkNanos(Duration.ofMillis(20).toNanos());
    }
  }
}
