package io.postern.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.testing.TestGateway;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class MetricsEndpointTest {
  private static TestGateway gateway;

  @BeforeAll
  static void start() {
    gateway = TestGateway.start();
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void metrics_arePrometheusText_onTheManagementListenerAlone() {
    HttpResponse<String> response = gateway.get(gateway.managementUri("/metrics"));
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("content-type"))
        .contains("text/plain; version=0.0.4; charset=utf-8");
    assertThat(gateway.get(gateway.publicUri("/metrics")).statusCode()).isEqualTo(404);
  }

  @Test
  void openMetrics_isGivenToWhoAsksForIt() {
    HttpResponse<String> response =
        gateway.send(
            HttpRequest.newBuilder(gateway.managementUri("/metrics"))
                .header(
                    "Accept",
                    "application/openmetrics-text;version=1.0.0;q=0.6,text/plain;version=0.0.4;q=0.5")
                .build());
    assertThat(response.headers().firstValue("content-type"))
        .contains("application/openmetrics-text; version=1.0.0; charset=utf-8");
    assertThat(response.body()).endsWith("# EOF\n");
  }

  @Test
  void infos_nameTheVersionAndTheProvider() {
    assertThat(samples())
        .containsEntry("postern_build_info{version=\"(not packaged)\"}", 1.0)
        .containsEntry(
            "postern_crypto_provider_info{provider=\"%s\",version=\"%s\"}"
                .formatted(
                    gateway.settings().crypto().name(), gateway.settings().crypto().version()),
            1.0);
  }

  @Test
  void signingKeys_areCounted_andTheActiveOnesHaveAnAge() {
    gateway
        .registry()
        .run("update signing_key set activated_at = now() - interval '1 h' where alg = 'RS256'");
    Map<String, Double> samples = samples();

    assertThat(samples)
        .containsEntry("postern_signing_keys{state=\"active\"}", 4.0)
        .containsEntry("postern_signing_keys{state=\"pending\"}", 0.0)
        .containsEntry("postern_signing_keys{state=\"retired\"}", 0.0);
    assertThat(samples.get("postern_signing_key_age_seconds{alg=\"RS256\"}"))
        .isBetween(3600.0, 3700.0);
    assertThat(samples.get("postern_signing_key_age_seconds{alg=\"ES256\"}"))
        .isBetween(-5.0, 100.0);
  }

  @Test
  void index_followsTheDatabase() {
    Map<String, Double> before = samples();
    gateway.registry().agent();
    Map<String, Double> after = samples();

    assertThat(after.get("postern_index_clients"))
        .isEqualTo(before.get("postern_index_clients") + 1);
    assertThat(after.get("postern_index_revision"))
        .isGreaterThan(before.get("postern_index_revision"))
        .isEqualTo(
            Double.parseDouble(
                gateway.registry().query("select revision from feed_head").getFirst()));
    assertThat(after.get("postern_index_staleness_seconds")).isBetween(0.0, 60.0);
  }

  @Test
  void poolOfConnections_isWatched() {
    String pool = "{pool_name=\"postern\",pool_type=\"sql\"}";
    assertThat(samples())
        .containsEntry("vertx_pool_queue_pending" + pool, 0.0)
        .containsKeys("vertx_pool_in_use" + pool, "vertx_pool_ratio" + pool)
        .hasEntrySatisfying(
            "vertx_pool_completed_total" + pool, taken -> assertThat(taken).isPositive());
  }

  @Test
  void jvm_isMeasured() {
    assertThat(samples().keySet())
        .anyMatch(name -> name.startsWith("jvm_memory_used_bytes{"))
        .anyMatch(name -> name.startsWith("jvm_gc_"))
        .contains(
            "jvm_threads_live_threads",
            "system_cpu_count",
            "process_cpu_seconds_total",
            "process_files_open_files",
            "process_start_time_seconds")
        .doesNotContain("process_cpu_time_ns_total");
  }

  /** Name and labels to value. */
  private static Map<String, Double> samples() {
    return gateway
        .get(gateway.managementUri("/metrics"))
        .body()
        .lines()
        .filter(line -> !line.startsWith("#"))
        .collect(
            Collectors.toMap(
                line -> line.substring(0, line.lastIndexOf(' ')),
                line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1))));
  }
}
