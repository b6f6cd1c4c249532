package io.postern.decision;

import io.prometheus.metrics.model.registry.Collector;
import io.prometheus.metrics.model.snapshots.ClassicHistogramBuckets;
import io.prometheus.metrics.model.snapshots.Exemplar;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.HistogramSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * How long token requests took, by outcome, with the last recorded trace of each bucket as its
 * exemplar. Thread-safe; nobody who adds to it waits, not while it is read either.
 */
final class DurationHistogram implements Collector {
  private static final String NAME = "postern_token_request_duration_seconds";
  private static final double NANOS = TimeUnit.SECONDS.toNanos(1);
  // seconds; the last one takes the rest
  private static final double[] UPPER_BOUNDS = {
    0.0001,
    0.00025,
    0.0005,
    0.001,
    0.0025,
    0.005,
    0.01,
    0.025,
    0.05,
    0.1,
    0.25,
    0.5,
    1,
    Double.POSITIVE_INFINITY
  };

  private final Series issued = new Series("issued");
  private final Series refused = new Series("refused");

  /** Of requests that got a token. */
  Series issued() {
    return issued;
  }

  /** Of requests that got none. */
  Series refused() {
    return refused;
  }

  @Override
  public MetricSnapshot collect() {
    return HistogramSnapshot.builder()
        .name(NAME)
        .help("From when a whole token request was there until its answer was written")
        .dataPoint(issued.snapshot())
        .dataPoint(refused.snapshot())
        .build();
  }

  /** The durations of one outcome. */
  static final class Series {
    private final Labels labels;
    private final LongAdder[] counts = new LongAdder[UPPER_BOUNDS.length];
    private final LongAdder nanos = new LongAdder();
    private final AtomicReferenceArray<@Nullable Exemplar> exemplars =
        new AtomicReferenceArray<>(UPPER_BOUNDS.length);

    Series(String outcome) {
      labels = Labels.of("outcome", outcome);
      for (int i = 0; i < counts.length; i++) {
        counts[i] = new LongAdder();
      }
    }

    /**
     * Adds a request.
     *
     * @param traceId of its trace if that is recorded
     */
    void add(long latencyNanos, @Nullable String traceId) {
      double seconds = latencyNanos / NANOS;
      int bucket = 0;
      while (seconds > UPPER_BOUNDS[bucket]) {
        bucket++;
      }
      counts[bucket].increment();
      nanos.add(latencyNanos);
      if (traceId != null) {
        exemplars.set(
            bucket,
            Exemplar.builder()
                .value(seconds)
                .labels(Labels.of(Exemplar.TRACE_ID, traceId))
                .timestampMillis(System.currentTimeMillis())
                .build());
      }
    }

    private HistogramSnapshot.HistogramDataPointSnapshot snapshot() {
      long[] now = new long[counts.length];
      List<Exemplar> traced = new ArrayList<>();
      for (int i = 0; i < counts.length; i++) {
        now[i] = counts[i].sum();
        Exemplar exemplar = exemplars.get(i);
        if (exemplar != null) {
          traced.add(exemplar);
        }
      }
      return HistogramSnapshot.HistogramDataPointSnapshot.builder()
          .labels(labels)
          .classicHistogramBuckets(ClassicHistogramBuckets.of(UPPER_BOUNDS, now))
          .sum(nanos.sum() / NANOS)
          .exemplars(Exemplars.of(traced))
          .build();
    }
  }
}
