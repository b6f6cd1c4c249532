package io.postern.client;

import io.postern.oauth.ClientId;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * Slows the guessing of a client's secret (RFC 6749 §2.3.1). Thread-safe.
 *
 * <p>A client has, from each source, {@value #BURST} failures at once and one more every {@value
 * #SECONDS_PER_FAILURE} seconds; past that it is not listened to from that source. A stranger
 * cannot lock a client out: from elsewhere its secret is as good as ever. Unknown clients are
 * counted as known ones are, so that the limit does not tell them apart. What is remembered is
 * bounded ({@link LeakyBuckets}), and no id of it is longer than a client's can be.
 */
public final class AttemptLimiter {
  /** Failures that are free. */
  static final int BURST = 20;

  /** Seconds until a failure is forgiven. */
  static final int SECONDS_PER_FAILURE = 3;

  private static final long LEAK_NANOS = TimeUnit.SECONDS.toNanos(SECONDS_PER_FAILURE);

  private record Attempt(String clientId, String source) {}

  private final LeakyBuckets<Attempt> failures =
      new LeakyBuckets<>(Duration.ofNanos(BURST * LEAK_NANOS));

  /**
   * How long the client must wait before its next attempt from that source.
   *
   * @return seconds, 0 when it may try now
   */
  public int retryAfterSeconds(String clientId, String source, Instant now) {
    return failures.waitSeconds(attempt(clientId, source), BURST, LEAK_NANOS, now);
  }

  /** Counts a wrong secret. */
  public void recordFailure(String clientId, String source, Instant now) {
    failures.add(attempt(clientId, source), LEAK_NANOS, now);
  }

  // What no client can be called is counted together: it may be as long as a request.
  private static Attempt attempt(String clientId, String source) {
    return new Attempt(ClientId.isValid(clientId) ? clientId : "", source);
  }
}
