package io.postern.replay;

import io.micrometer.core.instrument.DistributionSummary;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;

/** What batches to a store are measured by: their sizes and how long the store takes. */
public final class BatchMeters {
  private final DistributionSummary size;
  private final Timer time;

  public BatchMeters(MeterRegistry registry, ReplayStore store) {
    size =
        DistributionSummary.builder("postern.replay.store.batch.size")
            .description("Assertions that the store is asked about at once")
            .tag("store", store.name())
            .serviceLevelObjectives(1, 2, 5, 10, 20, 50, 100, 200, 500)
            .register(registry);
    time =
        Timer.builder("postern.replay.store.batch")
            .description("Time of the store for one batch")
            .tag("store", store.name())
            .serviceLevelObjectives(
                Duration.ofNanos(500_000),
                Duration.ofMillis(1),
                Duration.ofMillis(2),
                Duration.ofMillis(5),
                Duration.ofMillis(10),
                Duration.ofMillis(25),
                Duration.ofMillis(50),
                Duration.ofMillis(100),
                Duration.ofMillis(250),
                Duration.ofSeconds(1))
            .register(registry);
  }

  /** Notes a batch that was answered; an empty one is none. */
  void record(int assertions, long nanos) {
    if (assertions > 0) {
      size.record(assertions);
      time.record(Duration.ofNanos(nanos));
    }
  }
}
