package io.postern.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** Debian's Prometheus with our alert rules, which asks one gateway four times a second. */
final class RunningPrometheus implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient http = HttpClient.newHttpClient();
  private final int port = RunningGateway.freePort();
  private final Process process;
  private final Path log;

  RunningPrometheus(Path folder, int managementPort) throws IOException {
    Path configuration = folder.resolve("prometheus.yaml");
    Files.writeString(
        configuration,
        """
        global: {scrape_interval: 250ms, scrape_timeout: 250ms, evaluation_interval: 250ms}
        rule_files: ["%s"]
        scrape_configs:
          - job_name: postern
            static_configs: [{targets: ["127.0.0.1:%d"]}]
        """
            .formatted(Tool.DEPLOY.resolve("prometheus/alerts.yaml"), managementPort));
    log = folder.resolve("prometheus.log");
    process =
        Tool.named("prometheus")
            .builder(
                "--config.file=" + configuration,
                "--storage.tsdb.path=" + folder.resolve("tsdb"),
                "--web.listen-address=127.0.0.1:" + port)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
  }

  /** The answer of its HTTP API, which must be a success. */
  JsonNode get(String path) throws IOException, InterruptedException {
    JsonNode answer = tryGet(path);
    assertThat(answer.path("status").asText()).as("%s: %s", path, answer).isEqualTo("success");
    return answer.get("data");
  }

  /** The series that an expression evaluates to now. */
  JsonNode query(String expression) throws IOException, InterruptedException {
    return get("/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8))
        .get("result");
  }

  /** Waits until it serves, and an expression has a value. */
  void await(String expression) throws IOException, InterruptedException {
    String path = "/query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8);
    for (long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60); ; ) {
      assertThat(process.isAlive()).as("%s", Files.readString(log)).isTrue();
      try {
        if (!tryGet(path).path("data").path("result").isEmpty()) {
          return;
        }
      } catch (IOException e) {
        // not listening yet
      }
      assertThat(System.nanoTime() - end).as("%s in time", expression).isNegative();
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  private JsonNode tryGet(String path) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + port + "/api/v1" + path);
    HttpResponse<String> response =
        http.send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.ofString());
    return JSON.readTree(response.body());
  }

  @Override
  public void close() {
    http.close();
    Tool.stop(process);
  }
}
