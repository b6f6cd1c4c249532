package io.postern.bench.load;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** What one loop of the generator, or all of them together, saw. Confined to one thread. */
final class Tally {
  /** What a latency is recorded as if it is longer. */
  static final Duration LONGEST_LATENCY = Duration.ofSeconds(60);

  private static final int SAMPLES = 16;
  private static final int SAMPLE_EVERY = 997;

  private final Histogram latency = new Histogram(1000, LONGEST_LATENCY.toNanos(), 3);
  private final Map<Integer, Long> statuses = new TreeMap<>();
  private final List<String> samples = new ArrayList<>();
  private long responses;
  private long failures;
  private @Nullable String firstFailure;

  /**
   * Counts a response.
   *
   * @param nanos its latency if it is to be measured, otherwise negative
   */
  void count(ResponseScanner response, Request request, long nanos) {
    int status = response.status();
    responses++;
    statuses.merge(status, 1L, Long::sum);
    if (status != request.expectedStatus()) {
      // a good answer holds a token
      String body = status < 400 ? "" : response.body();
      fail("status %d instead of %d %.200s".formatted(status, request.expectedStatus(), body));
    } else if (nanos >= 0) {
      latency.recordValue(Math.min(nanos, LONGEST_LATENCY.toNanos()));
    }
    if (status == 200 && samples.size() < SAMPLES && responses % SAMPLE_EVERY == 1) {
      samples.add(response.body());
    }
  }

  /** Counts what went wrong. */
  void fail(String what) {
    failures++;
    firstFailure = firstFailure == null ? what : firstFailure;
  }

  /** Adds what another saw. */
  void add(Tally other) {
    latency.add(other.latency);
    other.statuses.forEach((status, count) -> statuses.merge(status, count, Long::sum));
    samples.addAll(other.samples);
    responses += other.responses;
    failures += other.failures;
    firstFailure = firstFailure == null ? other.firstFailure : firstFailure;
  }

  /** All of it, for a measured window of that length. */
  LoadResult toResult(Duration window) {
    return new LoadResult(
        latency, window.toNanos() / 1e9, responses, statuses, failures, firstFailure, samples);
  }
}
