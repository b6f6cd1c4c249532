package io.postern.sync;

import io.postern.setting.SettingException;
import io.postern.setting.Settings;
import java.time.Duration;
import picocli.CommandLine.Option;

/** How the index follows the database. */
public final class IndexOptions {
  private static final Duration SHORTEST_STALENESS = Duration.ofSeconds(2);

  @Option(
      names = "--max-staleness",
      paramLabel = "DURATION",
      defaultValue = "PT5M",
      description =
          "How long to go on issuing while PostgreSQL cannot be reached; then 503. Default:"
              + " ${DEFAULT-VALUE}")
  Duration maxStaleness = Duration.ofMinutes(5);

  @Option(
      names = "--feed-retention",
      paramLabel = "DURATION",
      defaultValue = "PT24H",
      description =
          "How long the database keeps what has changed for gateways that are behind. Default:"
              + " ${DEFAULT-VALUE}")
  Duration feedRetention = Duration.ofHours(24);

  /**
   * The settings, checked.
   *
   * @throws SettingException naming the first bad one
   */
  public IndexSettings settings() {
    Settings.check(
        "POSTERN_MAX_STALENESS",
        maxStaleness.compareTo(SHORTEST_STALENESS) >= 0,
        maxStaleness + " is shorter than " + SHORTEST_STALENESS);
    Settings.checkBetween(
        "POSTERN_FEED_RETENTION", feedRetention, Duration.ofMinutes(1), Duration.ofDays(365));
    return new IndexSettings(maxStaleness, feedRetention);
  }
}
