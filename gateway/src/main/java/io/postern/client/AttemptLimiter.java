package io.postern.client;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.postern.oauth.ClientId;
import java.time.Duration;
import java.time.Instant;

/**
 * Slows the guessing of a client's secret (RFC 6749 §2.3.1). Thread-safe.
 *
 * <p>A client has, from each source, {@value #BURST} failures at once and one more every {@value
 * #SECONDS_PER_FAILURE} seconds; past that it is not listened to from that source. A stranger
 * cannot lock a client out: from elsewhere its secret is as good as ever. Unknown clients are
 * counted as known ones are, so that the limit does not tell them apart. At most {@value #CAPACITY}
 * pairs are remembered, none with an id longer than a client's can be.
 */
public final class AttemptLimiter {
  /** Failures that are free. */
  static final int BURST = 20;

  /** Seconds until a failure is forgiven. */
  static final int SECONDS_PER_FAILURE = 3;

  private static final int CAPACITY = 100_000;
  private static final long MILLIS_PER_FAILURE = SECONDS_PER_FAILURE * 1000L;

  private record Attempt(String clientId, String source) {}

  // The instant, in epoch milliseconds, at which all failures will be forgiven.
  private final Cache<Attempt, Long> forgivenAt =
      Caffeine.newBuilder()
          .maximumSize(CAPACITY)
          .expireAfterWrite(Duration.ofMillis(BURST * MILLIS_PER_FAILURE))
          .build();

  /**
   * How long the client must wait before its next attempt from that source.
   *
   * @return seconds, 0 when it may try now
   */
  public int retryAfterSeconds(String clientId, String source, Instant now) {
    Long forgiven = forgivenAt.getIfPresent(attempt(clientId, source));
    if (forgiven == null) {
      return 0;
    }
    long debt = forgiven - now.toEpochMilli();
    long over = debt - (BURST - 1) * MILLIS_PER_FAILURE;
    return over <= 0 ? 0 : (int) Math.ceilDiv(over, 1000L);
  }

  /** Counts a wrong secret. */
  public void recordFailure(String clientId, String source, Instant now) {
    long nowMillis = now.toEpochMilli();
    forgivenAt
        .asMap()
        .merge(
            attempt(clientId, source),
            nowMillis + MILLIS_PER_FAILURE,
            (before, first) -> Math.max(before, nowMillis) + MILLIS_PER_FAILURE);
  }

  // What no client can be called is counted together: it may be as long as a request.
  private static Attempt attempt(String clientId, String source) {
    return new Attempt(ClientId.isValid(clientId) ? clientId : "", source);
  }
}
