package io.postern.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.api.Test;

class RevocationRateLimiterTest {
  private static final Instant NOW = Instant.parse("2026-01-31T12:00:00Z");

  private final RevocationRateLimiter limiter = new RevocationRateLimiter();

  @Test
  void client_endsSoManyAtOnce_andThenSoManyAMinute() {
    for (int i = 0; i < RevocationRateLimiter.BURST; i++) {
      assertThat(limiter.tryTake("one", NOW)).isZero();
    }
    assertThat(limiter.tryTake("one", NOW)).isPositive();
    assertThat(limiter.tryTake("other", NOW)).isZero();

    Instant later = NOW.plusSeconds(6);
    int more = 0;
    while (limiter.tryTake("one", later) == 0) {
      more++;
    }
    assertThat(more).isEqualTo(RevocationRateLimiter.PER_MINUTE / 10);
  }
}
