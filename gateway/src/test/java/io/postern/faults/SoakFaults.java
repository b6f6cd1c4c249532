package io.postern.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * Load, writes and broken connections for as long as {@code -Dpostern.faults.soak} says: what is
 * taken up must not grow. Four minutes unless told otherwise; a look at hours is {@code PT2H}.
 */
class SoakFaults {
  private static final Duration TIME =
      Duration.parse(System.getProperty("postern.faults.soak", "PT4M"));
  private static final int ROUNDS = 12;
  private static final int WARM_AFTER = 4;

  @Test
  void load_takesUpNoMoreAsTimeGoesBy() throws Exception {
    try (Stage stage =
        new Stage(Duration.ofSeconds(30), Map.of("POSTERN_FEED_RETENTION", "PT1M"))) {
      Consumption warm = null;
      for (int round = 1; round <= ROUNDS; round++) {
        stage.fault(
            "soak, round " + round + ": all connections reset",
            () -> {
              stage.letRun(TIME.dividedBy(ROUNDS));
              stage.fleet().replicas().forEach(replica -> replica.database().resetAll());
            },
            () -> {});
        Consumption now = Consumption.of(stage);
        FaultReport.line("soak, round %d: %s".formatted(round, now));
        if (round == WARM_AFTER) {
          warm = now;
        }
      }
      Consumption end = Consumption.of(stage);
      assertThat(end.heapKib()).isLessThan(warm.heapKib() + 8 * 1024);
      assertThat(end.descriptors()).isLessThanOrEqualTo(warm.descriptors() + 8);
      assertThat(end.databaseKib()).isLessThan(warm.databaseKib() + 8 * 1024);
    }
  }
}
