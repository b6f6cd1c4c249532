package io.postern.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postern.decision.DecisionOptions;
import io.postern.decision.DecisionSettings;
import io.postern.decision.DecisionSettings.Destination;
import io.postern.setting.SettingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class DecisionOptionsTest {
  @TempDir private Path directory;

  @Command(name = "probe")
  private static final class Probe {
    @Mixin private DecisionOptions options;
  }

  private static DecisionSettings settings(Map<String, String> environment) {
    Probe probe = new Probe();
    CommandLine command = new CommandLine(probe);
    command.setDefaultValueProvider(new Environment(environment));
    command.parseArgs();
    return probe.options.settings();
  }

  private static void assertRefused(Map<String, String> environment, String... words) {
    assertThatThrownBy(() -> settings(environment))
        .isInstanceOf(SettingException.class)
        .hasMessageContainingAll(words);
  }

  @Test
  void nothing_isMetricsWithoutALog() {
    assertThat(settings(Map.of()))
        .isEqualTo(new DecisionSettings(true, new Destination.None(), 65_536, 500))
        .isEqualTo(DecisionSettings.DEFAULT);
  }

  @Test
  void each_isAVariable() throws IOException {
    Path properties =
        Files.writeString(directory.resolve("kafka.properties"), "security.protocol=SSL\nx = y\n");
    assertThat(
            settings(
                Map.of(
                    "POSTERN_REQUEST_METRICS", "false",
                    "POSTERN_DECISION_LOG", "kafka",
                    "POSTERN_DECISION_LOG_CAPACITY", "1024",
                    "POSTERN_DECISION_MEMORY", "0",
                    "POSTERN_DECISION_KAFKA_SERVERS", "a:1,b:2",
                    "POSTERN_DECISION_KAFKA_TOPIC", "t",
                    "POSTERN_DECISION_KAFKA_PROPERTIES", properties.toString())))
        .isEqualTo(
            new DecisionSettings(
                false,
                new Destination.Kafka("a:1,b:2", "t", Map.of("security.protocol", "SSL", "x", "y")),
                1_024,
                0));
  }

  @Test
  void log_namesItsDestination() {
    Path file = directory.resolve("decisions.log");
    assertThat(settings(Map.of("POSTERN_DECISION_LOG", "stdout")).log())
        .isEqualTo(new Destination.Stdout());
    assertThat(settings(Map.of("POSTERN_DECISION_LOG", "file:" + file)).log())
        .isEqualTo(new Destination.File(file));
    assertThat(
            settings(
                    Map.of(
                        "POSTERN_DECISION_LOG", "kafka",
                        "POSTERN_DECISION_KAFKA_SERVERS", "a:1"))
                .log())
        .isEqualTo(new Destination.Kafka("a:1", "postern.decisions", Map.of()));
  }

  @Test
  void unfitValue_isToldByTheNameOfItsSetting() {
    assertRefused(
        Map.of("POSTERN_DECISION_LOG", "syslog"),
        "POSTERN_DECISION_LOG",
        "syslog is none of none, stdout, file:PATH and kafka");
    assertRefused(Map.of("POSTERN_DECISION_LOG", "file:"), "POSTERN_DECISION_LOG");
    assertRefused(Map.of("POSTERN_DECISION_LOG", "file:" + directory), "POSTERN_DECISION_LOG");
    assertRefused(
        Map.of("POSTERN_DECISION_LOG", "file:" + directory.resolve("none/decisions.log")),
        "POSTERN_DECISION_LOG",
        "is not a file that can be written");
    assertRefused(Map.of("POSTERN_DECISION_LOG_CAPACITY", "1023"), "POSTERN_DECISION_LOG_CAPACITY");
    assertRefused(Map.of("POSTERN_DECISION_MEMORY", "100001"), "POSTERN_DECISION_MEMORY");
    assertRefused(Map.of("POSTERN_DECISION_LOG", "kafka"), "POSTERN_DECISION_KAFKA_SERVERS");
    assertRefused(
        Map.of(
            "POSTERN_DECISION_LOG", "kafka",
            "POSTERN_DECISION_KAFKA_SERVERS", "a:1",
            "POSTERN_DECISION_KAFKA_TOPIC", "a topic"),
        "POSTERN_DECISION_KAFKA_TOPIC",
        "a topic");
    assertRefused(
        Map.of(
            "POSTERN_DECISION_LOG", "kafka",
            "POSTERN_DECISION_KAFKA_SERVERS", "a:1",
            "POSTERN_DECISION_KAFKA_PROPERTIES", directory.resolve("none").toString()),
        "POSTERN_DECISION_KAFKA_PROPERTIES");
  }

  @Test
  void properties_areNotShown() {
    assertThat(new Destination.Kafka("a:1", "t", Map.of("sasl.jaas.config", "secret")).toString())
        .doesNotContain("secret");
  }
}
