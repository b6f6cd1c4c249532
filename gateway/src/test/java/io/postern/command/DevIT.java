package io.postern.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.testing.DecisionLines;
import io.postern.testing.PosternProcess;
import io.postern.testing.TestGateway;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code postern dev} from the first start through sudden ends. */
class DevIT {
  private static final int ACKNOWLEDGED_BEFORE_THE_KILL = 40;

  private final String httpPort = "" + TestGateway.freePort();
  private final String managementPort = "" + TestGateway.freePort();
  private final HttpClient http = HttpClient.newHttpClient();

  @Test
  void firstStart_printedCurlLine_getsAToken(@TempDir Path directory) throws Exception {
    try (PosternProcess postern = dev(directory)) {
      String curl = postern.awaitLine("curl ");
      JsonObject token = new JsonObject(shell(curl));

      assertThat(token.getString("access_token")).isNotBlank();
      assertThat(token.getString("scope")).isEqualTo("customers:read");
      String forVault = curl.replace("https://crm.example.com", "urn:postern:vault");
      String obtained =
          shell(
              "curl -s -H 'Authorization: Bearer %s' http://localhost:%s/vault/v1/credentials/demo-llm"
                  .formatted(new JsonObject(shell(forVault)).getString("access_token"), httpPort));
      assertThat(new JsonObject(obtained).getString("value")).isNotBlank();
      assertThat(postern.out()).contains("client_secret");
      assertThat(postern.err()).doesNotContain(secretOf(directory, "demo-agent"));

      postern.terminate();
      assertThat(postern.awaitExit()).isZero();
    }
  }

  @Test
  void refusal_isToldOnTheConsole(@TempDir Path directory) throws Exception {
    try (PosternProcess postern = dev(directory)) {
      postern.awaitLine("curl ");
      HttpResponse<String> refused =
          send(
              HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + "/oauth2/token"))
                  .header("Content-Type", "application/x-www-form-urlencoded")
                  .POST(
                      HttpRequest.BodyPublishers.ofString(
                          "grant_type=client_credentials&client_id=demo%1B%5B2J&client_secret=x")));
      String id = refused.headers().firstValue("Postern-Decision-Id").orElseThrow();
      DecisionLines.eventually(() -> postern.out().contains(id + ")\n"));
      assertThat(postern.out())
          .contains("refused: unknown_client, claimed client demo\uFFFD[2J, from 127.0.0.1")
          .doesNotContain("\u001b");
    }
  }

  @Test
  void laterStart_showsCredentialsOnlyWhenAsked(@TempDir Path directory) throws Exception {
    try (PosternProcess first = dev(directory)) {
      first.awaitLine("curl ");
      first.terminate();
      assertThat(first.awaitExit()).isZero();
    }
    String secret = secretOf(directory, "demo-agent");
    try (PosternProcess second = dev(directory)) {
      assertThat(shell(second.awaitLine("curl "))).contains("access_token");
      assertThat(second.out()).doesNotContain(secret);

      try (PosternProcess show = dev(directory, "--show-credentials")) {
        assertThat(show.awaitExit()).isZero();
        assertThat(show.out()).contains(secret);
      }
      try (PosternProcess third = dev(directory)) {
        assertThat(third.awaitExit()).isEqualTo(1);
        assertThat(third.err()).contains("in use").contains("--data-dir");
      }
    }
  }

  @Test
  void terminatedBeforeItIsReady_leavesNoServerBehind(@TempDir Path directory) throws Exception {
    try (PosternProcess postern = dev(directory)) {
      Path pidFile = directory.resolve("cluster/data/postmaster.pid");
      while (!postern.err().contains("PostgreSQL is up")) {
        assertThat(postern.isAlive()).isTrue();
      }
      postern.terminate();
      assertThat(postern.awaitExit()).isZero();
      assertThat(pidFile).doesNotExist();
    }
  }

  @Test
  void failedFirstStart_showsTheCredentialsAtTheNext(@TempDir Path directory) throws Exception {
    try (ServerSocket taken = new ServerSocket(Integer.parseInt(httpPort))) {
      try (PosternProcess postern = dev(directory)) {
        assertThat(postern.awaitExit()).isEqualTo(1);
        assertThat(postern.err()).contains(":" + httpPort);
      }
      assertThat(taken.isBound()).isTrue();
    }
    try (PosternProcess postern = dev(directory)) {
      postern.awaitLine("curl ");
      assertThat(postern.out()).contains(secretOf(directory, "demo-agent"));
    }
  }

  @Test
  void dataDirectory_thatCannotBe_isNamed() {
    try (PosternProcess postern =
        PosternProcess.start(Map.of("POSTERN_DATA_DIR", "/proc/nope"), "dev")) {
      assertThat(postern.awaitExit()).isEqualTo(2);
      assertThat(postern.err().lines()).hasSize(1).first().asString().contains("POSTERN_DATA_DIR");
    }
  }

  @Test
  void dataOfAnotherPostgres_isSaidInOneLine(@TempDir Path directory) throws Exception {
    try (PosternProcess first = dev(directory)) {
      first.awaitLine("curl ");
      first.terminate();
      assertThat(first.awaitExit()).isZero();
    }
    Files.writeString(directory.resolve("cluster/data/PG_VERSION"), "17\n");
    try (PosternProcess second = dev(directory)) {
      assertThat(second.awaitExit()).isEqualTo(1);
      assertThat(second.err().lines().filter(line -> line.startsWith("postern: ")))
          .singleElement()
          .asString()
          .contains(directory.toString())
          .contains("initialized by PostgreSQL version 17")
          .contains("--data-dir");
      assertThat(second.err()).doesNotContain("\tat ");
    }
  }

  @Test
  void killedInTheMiddleOfWrites_keepsAllThatWasAcknowledged(@TempDir Path directory)
      throws Exception {
    Set<String> acknowledged = new TreeSet<>();
    try (PosternProcess postern = dev(directory)) {
      postern.awaitLine("curl ");
      acknowledged.addAll(writeUntilKilled(postern, directory));
    }
    assertThat(acknowledged).hasSizeGreaterThanOrEqualTo(ACKNOWLEDGED_BEFORE_THE_KILL);

    try (PosternProcess postern = dev(directory)) {
      assertThat(shell(postern.awaitLine("curl "))).contains("access_token");
      assertThat(agents(directory)).containsAll(acknowledged);
    }
  }

  // Several writers at once; killed while they are at it.
  private List<String> writeUntilKilled(PosternProcess postern, Path directory) throws Exception {
    String token = adminToken(directory);
    ConcurrentLinkedQueue<String> acknowledged = new ConcurrentLinkedQueue<>();
    CountDownLatch enough = new CountDownLatch(ACKNOWLEDGED_BEFORE_THE_KILL);
    List<Thread> writers = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      writers.add(
          Thread.startVirtualThread(
              () -> {
                while (postern.isAlive()) {
                  try {
                    acknowledged.add(createAgent(token));
                    enough.countDown();
                  } catch (IOException e) {
                    return;
                  }
                }
              }));
    }
    assertThat(enough.await(60, TimeUnit.SECONDS)).isTrue();
    postern.killWithServer(directory);
    for (Thread writer : writers) {
      writer.join();
    }
    return List.copyOf(acknowledged);
  }

  private String createAgent(String token) throws IOException {
    HttpResponse<String> response =
        send(
            HttpRequest.newBuilder(admin("/agents"))
                .header("Authorization", "Bearer " + token)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString("{\"name\": \"Written under fire\"}")));
    assertThat(response.statusCode()).as(response.body()).isEqualTo(201);
    return new JsonObject(response.body()).getString("client_id");
  }

  private Set<String> agents(Path directory) throws IOException {
    String token = adminToken(directory);
    Set<String> ids = new TreeSet<>();
    String cursor = "";
    while (cursor != null) {
      HttpResponse<String> page =
          send(
              HttpRequest.newBuilder(
                      admin("/agents?limit=500" + (cursor.isEmpty() ? "" : "&cursor=" + cursor)))
                  .header("Authorization", "Bearer " + token));
      JsonObject json = new JsonObject(page.body());
      json.getJsonArray("items")
          .forEach(agent -> ids.add(((JsonObject) agent).getString("client_id")));
      cursor = json.getString("next_cursor");
    }
    return ids;
  }

  private String adminToken(Path directory) throws IOException {
    String pair = Files.readString(directory.resolve("credentials/postern-admin")).strip();
    HttpResponse<String> response =
        send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + "/oauth2/token"))
                .header(
                    "Authorization",
                    "Basic "
                        + Base64.getEncoder()
                            .encodeToString(pair.getBytes(StandardCharsets.US_ASCII)))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(
                    HttpRequest.BodyPublishers.ofString(
                        "grant_type=client_credentials&audience=urn:postern:admin")));
    return new JsonObject(response.body()).getString("access_token");
  }

  private URI admin(String path) {
    return URI.create("http://127.0.0.1:" + managementPort + "/admin/v1" + path);
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws IOException {
    try {
      return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  private PosternProcess dev(Path directory, String... more) {
    List<String> arguments = new ArrayList<>(List.of("dev", "--data-dir", directory.toString()));
    arguments.addAll(List.of("--http-port", httpPort, "--management-port", managementPort));
    arguments.addAll(List.of("--drain-delay", "PT0S"));
    arguments.addAll(List.of(more));
    return PosternProcess.start(Map.of(), arguments.toArray(String[]::new));
  }

  private static String secretOf(Path directory, String client) throws IOException {
    String pair = Files.readString(directory.resolve("credentials").resolve(client)).strip();
    return pair.substring(pair.indexOf(':') + 1);
  }

  private static String shell(String line) throws Exception {
    Process process = new ProcessBuilder("sh", "-c", line).start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).isZero();
    return output;
  }
}
