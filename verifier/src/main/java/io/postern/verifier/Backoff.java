package io.postern.verifier;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Delays that double from failure to failure, each shortened by up to a half at random, so that a
 * fleet does not come back in step. Not thread-safe.
 */
final class Backoff {
  private final long firstMillis;
  private final long lastMillis;
  private long nextMillis;

  Backoff(Duration first, Duration last) {
    this.firstMillis = Math.max(1, first.toMillis());
    this.lastMillis = Math.max(firstMillis, last.toMillis());
    this.nextMillis = firstMillis;
  }

  /** The delay before the next attempt. */
  Duration next() {
    long millis = nextMillis;
    nextMillis = Math.min(lastMillis, 2 * nextMillis);
    return Duration.ofMillis(ThreadLocalRandom.current().nextLong(millis / 2, millis + 1));
  }

  /** After a success. */
  void reset() {
    nextMillis = firstMillis;
  }
}
