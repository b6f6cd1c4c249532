package io.postern.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.oauth.GrantType;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class TokenRateLimiterTest {
  private static final Instant NOW = Instant.parse("2030-01-01T00:00:00Z");

  private final TokenRateLimiter limiter = new TokenRateLimiter();

  private static RegisteredClient client(String id, int tokensPerMinute) {
    return new RegisteredClient(
        id,
        new ClientSettings(
            true,
            Set.of(GrantType.CLIENT_CREDENTIALS),
            AssertionAudience.ISSUER,
            List.of(),
            tokensPerMinute,
            null),
        List.of(),
        List.of(),
        List.of());
  }

  @Test
  void tryTake_aMinutesTokensAtOnce_thenAsTheyLeak() {
    RegisteredClient wild = client("wild", 30);
    for (int i = 0; i < 30; i++) {
      assertThat(limiter.tryTake(wild, NOW)).isZero();
    }
    assertThat(limiter.tryTake(wild, NOW)).isEqualTo(2);
    assertThat(limiter.tryTake(wild, NOW.plusMillis(1_999))).isEqualTo(1);
    assertThat(limiter.tryTake(wild, NOW.plusSeconds(2))).isZero();
    assertThat(limiter.tryTake(wild, NOW.plusSeconds(2))).isEqualTo(2);
    assertThat(limiter.tryTake(client("tame", 30), NOW)).isZero();
  }

  @Test
  void tryTake_noLimit_neverWaits() {
    RegisteredClient client = client("free", ClientSettings.NO_LIMIT);
    for (int i = 0; i < 10_000; i++) {
      assertThat(limiter.tryTake(client, NOW)).isZero();
    }
  }

  // Whatever the requests' times, a minute never sees more than a full bucket and a minute's leak.
  @Property(tries = 200)
  void tryTake_anyMinute_hasAtMostTwiceTheLimit(
      @ForAll @IntRange(min = 1, max = 50) int limit,
      @ForAll @Size(min = 1, max = 300) List<@IntRange(max = 5_000) Integer> pausesMillis) {
    RegisteredClient client = client("any", limit);
    TokenRateLimiter fresh = new TokenRateLimiter();
    Instant now = NOW;
    List<Instant> taken = new ArrayList<>();
    for (int pause : pausesMillis) {
      now = now.plusMillis(pause);
      int wait = fresh.tryTake(client, now);
      if (wait == 0) {
        taken.add(now);
      } else {
        // who waits as long as told gets one
        now = now.plusSeconds(wait);
        assertThat(fresh.tryTake(client, now)).isZero();
        taken.add(now);
      }
    }
    for (Instant start : taken) {
      Instant end = start.plusSeconds(60);
      assertThat(taken.stream().filter(t -> !t.isBefore(start) && t.isBefore(end)).count())
          .isLessThanOrEqualTo(2L * limit);
    }
  }
}
