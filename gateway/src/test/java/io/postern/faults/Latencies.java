package io.postern.faults;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/** A fixed number of times, and where most of them lie. Thread-safe until it is asked. */
final class Latencies {
  private final long[] nanos;
  private final AtomicInteger count = new AtomicInteger();

  Latencies(int capacity) {
    nanos = new long[capacity];
  }

  void add(long tookNanos) {
    nanos[count.getAndIncrement()] = tookNanos;
  }

  /** The time that such a part of all does not exceed. */
  Duration quantile(double part) {
    long[] sorted = Arrays.copyOf(nanos, count.get());
    Arrays.sort(sorted);
    return Duration.ofNanos(sorted[(int) Math.ceil(part * sorted.length) - 1]);
  }

  @Override
  public String toString() {
    return "p50 %.1f ms, p99 %.1f ms, most %.1f ms"
        .formatted(millis(quantile(0.5)), millis(quantile(0.99)), millis(quantile(1)));
  }

  private static double millis(Duration time) {
    return time.toNanos() / 1e6;
  }
}
