package io.postern.decision;

import java.nio.file.Path;
import java.util.Map;

/**
 * Who is told what was decided about token requests.
 *
 * @param metrics whether requests are counted and timed
 * @param log where events go
 * @param capacity the most events that wait for being written, 2 or more
 * @param memory how many are kept in memory of each kind, 0 or more
 */
public record DecisionSettings(boolean metrics, Destination log, int capacity, int memory) {
  /** The most events that wait unless told otherwise: what a busy gateway decides in a second. */
  public static final int DEFAULT_CAPACITY = 65_536;

  /** How many are kept in memory of each kind unless told otherwise. */
  public static final int DEFAULT_MEMORY = 500;

  /** Metrics, the last events in memory, and none written. */
  public static final DecisionSettings DEFAULT =
      new DecisionSettings(true, new Destination.None(), DEFAULT_CAPACITY, DEFAULT_MEMORY);

  /** Where events go. */
  public sealed interface Destination {

    /** Nowhere. */
    record None() implements Destination {}

    /** To standard output, as lines. */
    record Stdout() implements Destination {}

    /** To the end of a file, as lines. */
    record File(Path path) implements Destination {}

    /**
     * To Kafka.
     *
     * @param servers where to find the brokers, {@code host:port,host:port}
     * @param properties further settings of the producer, perhaps with passwords
     */
    record Kafka(String servers, String topic, Map<String, String> properties)
        implements Destination {
      public Kafka {
        properties = Map.copyOf(properties);
      }

      @Override
      public String toString() {
        return "Kafka[servers=" + servers + ", topic=" + topic + ", properties=<redacted>]";
      }
    }
  }
}
