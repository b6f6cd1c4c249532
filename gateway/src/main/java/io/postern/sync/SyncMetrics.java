package io.postern.sync;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.postern.store.feed.RegistryReader.Lag;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/** What is counted and measured of the way from a commit to the index. Thread-safe. */
public final class SyncMetrics {
  /** Why everything was read, instead of what changed. */
  enum SnapshotCause {
    START,
    FEED_PRUNED,
    HEAD_WENT_BACK,
    HISTORY_REWRITTEN
  }

  private static final Duration[] BUCKETS =
      Stream.of(
              1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000, 2_000, 5_000, 10_000, 20_000, 30_000,
              60_000)
          .map(Duration::ofMillis)
          .toArray(Duration[]::new);

  private final MeterRegistry registry;
  private final Timer commitToVisible;
  private final Counter failures;
  private final Map<SnapshotCause, Counter> snapshots = new EnumMap<>(SnapshotCause.class);

  public SyncMetrics(MeterRegistry registry) {
    this.registry = registry;
    this.commitToVisible =
        Timer.builder("postern.sync.commit.to.visible")
            .description("From the commit of a revision until requests are answered by it")
            .serviceLevelObjectives(BUCKETS)
            .register(registry);
    this.failures =
        Counter.builder("postern.sync.failures")
            .description("Lost connections to the database, and failed tries to get one")
            .register(registry);
    for (SnapshotCause cause : SnapshotCause.values()) {
      snapshots.put(
          cause,
          Counter.builder("postern.sync.snapshots")
              .description("Readings of everything")
              .tag("cause", cause.name().toLowerCase(Locale.ROOT))
              .register(registry));
    }
  }

  /** Shows whether the index is in step with the database. */
  void watch(BooleanSupplier inStep) {
    Gauge.builder("postern.sync.in.step", () -> inStep.getAsBoolean() ? 1 : 0)
        .description("1 while the database confirms the index, 0 while it cannot be reached")
        .register(registry);
  }

  /** Revisions were committed so long ago when they became visible. */
  void visible(List<Lag> lags) {
    for (Lag lag : lags) {
      for (long i = 0; i < lag.revisions(); i++) {
        commitToVisible.record(lag.sinceCommit());
      }
    }
  }

  void failed() {
    failures.increment();
  }

  void readEverything(SnapshotCause cause) {
    Counter counter = snapshots.get(cause);
    if (counter != null) {
      counter.increment();
    }
  }
}
