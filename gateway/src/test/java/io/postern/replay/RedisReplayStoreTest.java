package io.postern.replay;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.postern.client.AssertionUse;
import io.postern.client.ReplayGuard;
import io.postern.client.ReplayGuard.Verdict;
import io.postern.testing.CapturedLog;
import io.postern.testing.ReplayGuardContract;
import io.postern.testing.RunningGuard;
import io.postern.testing.TestRedis;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class RedisReplayStoreTest extends ReplayGuardContract {
  private static TestRedis redis;
  private static RunningGuard guard;
  private static RunningGuard other;

  @BeforeAll
  static void start() {
    redis = TestRedis.start();
    guard = new RunningGuard(new RedisReplayStore(redis.server()));
    other = new RunningGuard(new RedisReplayStore(redis.server()));
  }

  @AfterAll
  static void stop() {
    guard.close();
    other.close();
    redis.close();
  }

  @Override
  protected ReplayGuard guard() {
    return guard;
  }

  @Test
  void use_onSeveralGatewaysAtOnce_isTheFirstForOneOfThem() throws Exception {
    assertEachAcceptedOnce(List.of(guard, other), 2_000);
  }

  @Test
  void use_isKeptForTheAssertionsLifeAndAMinute() {
    redis.command("FLUSHALL");
    present(guard, use("agent", newJti())).join();
    String keys = redis.command("KEYS postern:jti:*");
    String key = keys.lines().filter(line -> line.startsWith("postern:")).findFirst().orElseThrow();
    String ttl = redis.command("PTTL " + key).lines().findFirst().orElseThrow();
    assertThat(Long.parseLong(ttl.substring(1))).isBetween(90_000L, 120_000L);
  }

  @Test
  void memory_flushed_takesOnlyWhatWasNotGoodBefore() {
    AssertionUse used =
        new AssertionUse("agent", newJti(), inSeconds(60), Instant.now().minusSeconds(5));
    redis.rememberAlways();
    assertThat(present(guard, used).join()).isEqualTo(Verdict.FIRST_USE);
    Instant since = Instant.now();
    redis.command("FLUSHALL");
    assertThat(present(guard, used).join()).isEqualTo(Verdict.UNAVAILABLE);
    assertForgotten(since);
  }

  @Test
  void server_killedAndStartedAgainFromASave_isNotBelievedAboutBefore() {
    redis.rememberAlways();
    redis.command("SAVE");
    AssertionUse use = use("agent", newJti());
    present(guard, use).join();
    redis.kill();
    awaitVerdict(Verdict.UNAVAILABLE);
    Instant since = Instant.now();
    redis.startAgain();
    awaitVerdict(Verdict.FIRST_USE);
    assertForgotten(since);
  }

  @Test
  void server_thatMayEvict_isWarnedOf() {
    redis.command("CONFIG SET maxmemory-policy allkeys-lru");
    try (CapturedLog log = CapturedLog.of("io.postern", Level.DEBUG)) {
      new RunningGuard(new RedisReplayStore(redis.server())).close();
      assertThat(String.join("\n", log.lines()))
          .contains("set noeviction")
          .doesNotContain("secret-of-the-test-redis");
    } finally {
      redis.command("CONFIG SET maxmemory-policy noeviction");
    }
  }

  private static void assertForgotten(Instant since) {
    for (int seconds : new int[] {-300, 0, 4}) {
      AssertionUse before =
          new AssertionUse("agent", newJti(), since.plusSeconds(60), since.plusSeconds(seconds));
      assertThat(present(guard, before).join()).isEqualTo(Verdict.UNAVAILABLE);
    }
    AssertionUse after =
        new AssertionUse("agent", newJti(), since.plusSeconds(60), since.plusSeconds(40));
    assertThat(present(guard, after).join()).isEqualTo(Verdict.FIRST_USE);
    assertThat(present(guard, after).join()).isEqualTo(Verdict.REPLAYED);
  }

  private static void awaitVerdict(Verdict expected) {
    long deadline = System.nanoTime() + Duration.ofSeconds(15).toNanos();
    while (present(guard, use("agent", newJti())).join() != expected) {
      assertThat(System.nanoTime()).as("the deadline").isLessThan(deadline);
      LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
    }
  }
}
