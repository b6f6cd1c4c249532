package io.postern.client;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * Keeps one client from filling the table of not-before lines: in this gateway it ends {@value
 * #BURST} tokens at once, and {@value #PER_MINUTE} a minute. Counted is what draws a line, not what
 * has ended already. Thread-safe.
 */
public final class RevocationRateLimiter {
  /** How many tokens a client may end each minute. */
  public static final int PER_MINUTE = 600;

  /** How many of these at once. */
  public static final int BURST = 100;

  private static final long LEAK_NANOS = TimeUnit.MINUTES.toNanos(1) / PER_MINUTE;

  private final LeakyBuckets<String> lines = new LeakyBuckets<>(Duration.ofMinutes(1));

  /**
   * Counts a line that is about to be drawn for a client that has authenticated.
   *
   * @return 0 if it may be; otherwise in how many seconds it may
   */
  public int tryTake(String clientId, Instant now) {
    return lines.tryAdd(clientId, BURST, LEAK_NANOS, now);
  }
}
