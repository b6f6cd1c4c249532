package io.postern.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Alert rules and dashboard, in a real Prometheus that asks a gateway with some traffic. */
class MonitoringIT {
  private static final Path RULES = Tool.DEPLOY.resolve("prometheus");
  // Only with TLS, which "postern dev" has not; the gateway's own tests know these names.
  private static final Set<String> UNSEEN =
      Set.of("postern_tls_certificate_not_after_seconds", "postern_tls_reloads_total");
  private static final Pattern METRIC =
      Pattern.compile("\\b(postern|jvm|process|vertx)_[a-z0-9_]+");

  private static RunningGateway gateway;
  private static RunningPrometheus prometheus;

  @BeforeAll
  static void start(@TempDir Path folder) throws Exception {
    gateway =
        new RunningGateway(
            folder,
            Map.of(
                "POSTERN_DECISION_LOG",
                "file:" + folder.resolve("decisions"),
                // so little for new objects that they are collected at once
                "POSTERN_JAVA_OPTS",
                "-Xmn4m"));
    prometheus = new RunningPrometheus(folder, gateway.managementPort());
    // once it has seen the first ones, a counter that begins to count is seen to do so
    prometheus.await("postern_token_requests_total");
    gateway.exercise();
    // the series of a credential begin with its first call
    prometheus.await("postern_relay_duration_seconds_count{credential=\"self\"}");
    gateway.exercise();
    prometheus.await(
        "rate(postern_replay_guard_uses_total{verdict=\"replayed\"}[1m]) > 0 and on ()"
            + " rate(postern_sync_commit_to_visible_seconds_count[1m]) > 0 and on ()"
            + " rate(postern_revocation_telling_seconds_count[1m]) > 0 and on ()"
            + " rate(postern_relay_duration_seconds_count{credential=\"self\"}[1m]) > 0");
  }

  @AfterAll
  static void stop() {
    if (prometheus != null) {
      prometheus.close();
    }
    if (gateway != null) {
      gateway.close();
    }
  }

  @Test
  void rulesAndConfiguration_passPromtool() {
    Tool promtool = Tool.named("promtool");
    promtool.run("check", "config", RULES.resolve("prometheus.yaml").toString());
    promtool.run("test", "rules", RULES.resolve("alerts-test.yaml").toString());
  }

  @Test
  void everyAlert_hasATest() {
    Set<String> tested = new HashSet<>();
    Yaml.read(RULES.resolve("alerts-test.yaml"))
        .get("tests")
        .forEach(test -> tested.add(test.get("name").asText()));
    assertThat(alerts().keySet()).isEqualTo(tested);
  }

  @Test
  void alerts_askForSeriesThatAreThere_andAreQuiet() throws Exception {
    JsonNode groups = prometheus.get("/rules").get("groups");
    List<String> loaded = new ArrayList<>();
    groups.forEach(
        group ->
            group
                .get("rules")
                .forEach(
                    rule -> {
                      assertThat(rule.path("lastError").asText("")).isEmpty();
                      // pending is what a slow machine may make of some
                      assertThat(rule.get("state").asText())
                          .as(rule.get("name").asText())
                          .isNotEqualTo("firing");
                      loaded.add(rule.get("name").asText());
                    }));
    assertThat(loaded).containsExactlyInAnyOrderElementsOf(alerts().keySet());
    Set<String> names = names();
    for (Map.Entry<String, String> alert : alerts().entrySet()) {
      assertThat(metrics(alert.getValue())).as(alert.getKey()).isSubsetOf(names);
      prometheus.query(alert.getValue());
    }
  }

  @Test
  void everyQueryOfTheDashboard_returnsData() throws Exception {
    Set<String> names = names();
    Set<Integer> ids = new HashSet<>();
    Set<Integer> cells = new HashSet<>();
    for (JsonNode panel : Yaml.read(Tool.DEPLOY.resolve("grafana/postern.json")).get("panels")) {
      String title = panel.get("title").asText();
      assertThat(ids.add(panel.get("id").asInt())).as("the id of %s is its own", title).isTrue();
      JsonNode place = panel.get("gridPos");
      for (int y = 0; y < place.get("h").asInt(); y++) {
        for (int x = 0; x < place.get("w").asInt(); x++) {
          int cell = (place.get("y").asInt() + y) * 24 + place.get("x").asInt() + x;
          assertThat(cells.add(cell)).as("%s is over another panel", title).isTrue();
        }
      }
      for (JsonNode target : panel.path("targets")) {
        String expression =
            target
                .get("expr")
                .asText()
                .replace("$__rate_interval", "1m")
                .replace("$job", "postern")
                .replace("$instance", ".*");
        assertThat(expression).doesNotContain("$");
        Set<String> metrics = metrics(expression);
        assertThat(metrics).as(title).isSubsetOf(names);
        JsonNode result = prometheus.query(expression);
        if (metrics.stream().noneMatch(UNSEEN::contains)) {
          assertThat(result).as("%s: %s", title, expression).isNotEmpty();
          assertThat(result.get(0).get("value").get(1).asText()).as(title).isNotEqualTo("NaN");
        }
      }
    }
  }

  @Test
  void health_isSaidByTheCommandThatTheImageUses() {
    assertThat(gateway.health()).startsWith("{\"status\":\"up\"");
  }

  private static Map<String, String> alerts() {
    Map<String, String> alerts = new java.util.TreeMap<>();
    for (JsonNode group : Yaml.read(RULES.resolve("alerts.yaml")).get("groups")) {
      group
          .get("rules")
          .forEach(rule -> alerts.put(rule.get("alert").asText(), rule.get("expr").asText()));
    }
    return alerts;
  }

  private static Set<String> metrics(String expression) {
    Set<String> metrics = new TreeSet<>();
    METRIC.matcher(expression).results().forEach(match -> metrics.add(match.group()));
    return metrics;
  }

  private static Set<String> names() throws Exception {
    Set<String> names = new TreeSet<>(UNSEEN);
    prometheus.get("/label/__name__/values").forEach(name -> names.add(name.asText()));
    return names;
  }
}
