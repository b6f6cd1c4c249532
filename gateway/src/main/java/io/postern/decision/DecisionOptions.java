package io.postern.decision;

import io.postern.decision.DecisionSettings.Destination;
import io.postern.setting.SettingException;
import io.postern.setting.Settings;
import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The settings that say who is told what was decided about token requests. */
public final class DecisionOptions {
  private static final String FILE = "file:";
  private static final Pattern TOPIC = Pattern.compile("[A-Za-z0-9._-]{1,249}");
  private static final int LEAST_CAPACITY = 1_024;
  private static final int MOST_CAPACITY = 1 << 24;
  private static final int MOST_MEMORY = 100_000;

  @Option(
      names = "--request-metrics",
      paramLabel = "true|false",
      arity = "1",
      defaultValue = "true",
      description =
          "Whether /metrics counts and times the requests of the token endpoint. Default:"
              + " ${DEFAULT-VALUE}")
  boolean requestMetrics = true;

  @Option(
      names = "--decision-log",
      paramLabel = "WHERE",
      defaultValue = "none",
      description =
          "Where an event for each issued and refused token goes: none, stdout, file:PATH or kafka"
              + " (see --decision-kafka-servers). Default: ${DEFAULT-VALUE}")
  String decisionLog = "none";

  @Option(
      names = "--decision-log-capacity",
      paramLabel = "COUNT",
      defaultValue = "65536",
      description =
          "The most events that wait for being written; beyond it they are lost and counted."
              + " Default: ${DEFAULT-VALUE}")
  int capacity = DecisionSettings.DEFAULT_CAPACITY;

  @Option(
      names = "--decision-memory",
      paramLabel = "COUNT",
      defaultValue = "500",
      description =
          "How many decisions are kept in memory for postern decisions: so many tokens, and so many"
              + " refusals for each reason. 0 keeps none. Default: ${DEFAULT-VALUE}")
  int memory = DecisionSettings.DEFAULT_MEMORY;

  @Option(
      names = "--decision-kafka-servers",
      paramLabel = "HOST:PORT",
      description = "Brokers to start from, separated by commas. Required by --decision-log kafka.")
  @Nullable String kafkaServers;

  @Option(
      names = "--decision-kafka-topic",
      paramLabel = "TOPIC",
      defaultValue = "postern.decisions",
      description = "The topic. Default: ${DEFAULT-VALUE}")
  String kafkaTopic = "postern.decisions";

  @Option(
      names = "--decision-kafka-properties",
      paramLabel = "FILE",
      description =
          "A Java properties file with further settings of Kafka's producer: TLS, SASL,"
              + " compression.")
  @Nullable Path kafkaProperties;

  /**
   * The settings, checked.
   *
   * @throws SettingException naming the first bad one
   */
  public DecisionSettings settings() {
    Settings.check(
        "POSTERN_DECISION_LOG_CAPACITY",
        capacity >= LEAST_CAPACITY && capacity <= MOST_CAPACITY,
        capacity + " is not from " + LEAST_CAPACITY + " to " + MOST_CAPACITY);
    Settings.check(
        "POSTERN_DECISION_MEMORY",
        memory >= 0 && memory <= MOST_MEMORY,
        memory + " is not from 0 to " + MOST_MEMORY);
    return new DecisionSettings(requestMetrics, destination(), capacity, memory);
  }

  private Destination destination() {
    return switch (decisionLog) {
      case "none" -> new Destination.None();
      case "stdout" -> new Destination.Stdout();
      case "kafka" -> kafka();
      case String other when other.startsWith(FILE) -> file(other.substring(FILE.length()));
      default ->
          throw new SettingException(
              "POSTERN_DECISION_LOG",
              decisionLog + " is none of none, stdout, file:PATH and kafka");
    };
  }

  private static Destination file(String name) {
    Path path = Path.of(name).toAbsolutePath();
    Path directory = path.getParent();
    Settings.check(
        "POSTERN_DECISION_LOG",
        !name.isEmpty()
            && !Files.isDirectory(path)
            && (Files.exists(path)
                ? Files.isWritable(path)
                : directory != null && Files.isWritable(directory)),
        FILE + name + " is not a file that can be written");
    return new Destination.File(path);
  }

  private Destination kafka() {
    String servers = kafkaServers;
    if (servers == null || servers.isBlank()) {
      throw new SettingException(
          "POSTERN_DECISION_KAFKA_SERVERS", "it is required by the decision log kafka: host:port");
    }
    Settings.check(
        "POSTERN_DECISION_KAFKA_TOPIC",
        TOPIC.matcher(kafkaTopic).matches(),
        kafkaTopic + " is not up to 249 letters, digits, dots, hyphens and underscores");
    return new Destination.Kafka(servers, kafkaTopic, properties());
  }

  private Map<String, String> properties() {
    Properties read = new Properties();
    if (kafkaProperties != null) {
      try (Reader file = Files.newBufferedReader(kafkaProperties, StandardCharsets.UTF_8)) {
        read.load(file);
      } catch (IOException | IllegalArgumentException e) {
        throw new SettingException(
            "POSTERN_DECISION_KAFKA_PROPERTIES", kafkaProperties + " cannot be read as properties");
      }
    }
    Map<String, String> properties = new HashMap<>();
    read.stringPropertyNames().forEach(name -> properties.put(name, read.getProperty(name)));
    return properties;
  }
}
