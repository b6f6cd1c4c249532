package io.postern.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class AttemptLimiterTest {
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

  private final AttemptLimiter limiter = new AttemptLimiter();

  // each could be as long as a body, and there may be very many of them
  @Test
  void idsThatNobodyCanHave_areCountedAsOne() {
    for (int i = 0; i < AttemptLimiter.BURST; i++) {
      limiter.recordFailure(i + "x".repeat(60_000), "192.0.2.1", NOW);
    }
    assertThat(limiter.retryAfterSeconds("y".repeat(60_000), "192.0.2.1", NOW)).isPositive();
    assertThat(limiter.retryAfterSeconds("y".repeat(60_000), "192.0.2.2", NOW)).isZero();
    assertThat(limiter.retryAfterSeconds("an-agent", "192.0.2.1", NOW)).isZero();
  }

  @Test
  void failures_ofOneSource_leaveOthersAlone() {
    for (int i = 0; i < AttemptLimiter.BURST; i++) {
      assertThat(limiter.retryAfterSeconds("an-agent", "192.0.2.1", NOW)).isZero();
      limiter.recordFailure("an-agent", "192.0.2.1", NOW);
    }
    assertThat(limiter.retryAfterSeconds("an-agent", "192.0.2.1", NOW))
        .isBetween(1, AttemptLimiter.SECONDS_PER_FAILURE);
    assertThat(limiter.retryAfterSeconds("an-agent", "192.0.2.2", NOW)).isZero();
    assertThat(limiter.retryAfterSeconds("another", "192.0.2.1", NOW)).isZero();
    Instant later = NOW.plusSeconds(AttemptLimiter.SECONDS_PER_FAILURE);
    assertThat(limiter.retryAfterSeconds("an-agent", "192.0.2.1", later)).isZero();
  }
}
