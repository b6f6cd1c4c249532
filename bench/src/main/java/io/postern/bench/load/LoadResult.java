package io.postern.bench.load;

import java.util.List;
import java.util.Map;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/**
 * What one run of the generator saw.
 *
 * @param latency in nanoseconds, of the right responses to requests of the measured window
 * @param seconds the measured window's length
 * @param responses all of the run, those before the window too
 * @param statuses how often each status came in all of the run
 * @param failures wrong statuses, broken connections, requests that were not answered in time
 * @param firstFailure what the first of them was, or null
 * @param samples bodies of a few responses with status 200
 */
record LoadResult(
    Histogram latency,
    double seconds,
    long responses,
    Map<Integer, Long> statuses,
    long failures,
    @Nullable String firstFailure,
    List<String> samples) {

  /** Right responses a second in the window. */
  double perSecond() {
    return latency.getTotalCount() / seconds;
  }

  /** A percentile of the latency, in microseconds. */
  double micros(double percentile) {
    return latency.getValueAtPercentile(percentile) / 1e3;
  }

  /**
   * This result, if all went well.
   *
   * @throws LoadException if anything failed, or nothing was answered
   */
  LoadResult requireGood(String what) {
    if (failures > 0) {
      throw new LoadException(
          "%s: %d requests failed, first: %s; statuses %s"
              .formatted(what, failures, firstFailure, statuses));
    }
    if (latency.getTotalCount() == 0) {
      throw new LoadException(what + ": nothing was answered");
    }
    return this;
  }

  @Override
  public String toString() {
    return "%,.0f/s, p50 %,.0f µs, p90 %,.0f µs, p99 %,.0f µs, p99.9 %,.0f µs, %d failures"
        .formatted(perSecond(), micros(50), micros(90), micros(99), micros(99.9), failures);
  }
}
