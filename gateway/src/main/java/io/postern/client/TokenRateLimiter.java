package io.postern.client;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * Keeps an agent that has gone wild from taking what all agents share. Counts the tokens of clients
 * that have a limit, in this gateway; a minute's tokens may come at once, the rest as time goes by.
 * Only clients that have authenticated are counted, so that nobody can use up another's share.
 * Thread-safe.
 */
public final class TokenRateLimiter {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  private final LeakyBuckets<String> tokens = new LeakyBuckets<>(MINUTE);

  /**
   * Counts a token that the client is about to get.
   *
   * @return 0 if it may have it; otherwise in how many seconds it may
   */
  public int tryTake(RegisteredClient client, Instant now) {
    int perMinute = client.settings().tokensPerMinute();
    return perMinute == ClientSettings.NO_LIMIT
        ? 0
        : tokens.tryAdd(client.clientId(), perMinute, leakNanos(perMinute), now);
  }

  /** What {@link #tryTake} would answer; counts nothing. */
  public int waitSeconds(RegisteredClient client, Instant now) {
    int perMinute = client.settings().tokensPerMinute();
    return perMinute == ClientSettings.NO_LIMIT
        ? 0
        : tokens.waitSeconds(client.clientId(), perMinute, leakNanos(perMinute), now);
  }

  private static long leakNanos(int perMinute) {
    return TimeUnit.MINUTES.toNanos(1) / perMinute;
  }
}
