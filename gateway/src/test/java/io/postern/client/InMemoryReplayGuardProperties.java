package io.postern.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.client.ReplayGuard.Verdict;
import io.postern.crypto.CryptoProvider;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class InMemoryReplayGuardProperties {
  private static final CryptoProvider CRYPTO = CryptoProvider.best();
  private static final Instant NOW = Instant.ofEpochSecond(2_000_000_000L);

  private static Verdict use(ReplayGuard guard, String jti, Instant until, Instant now) {
    Verdict[] verdict = new Verdict[1];
    guard.use(
        new AssertionUse("client", jti, until, Instant.MIN), now, answer -> verdict[0] = answer);
    return verdict[0];
  }

  @Property(tries = 200)
  void use_isTheFirstOnlyOnce(
      @ForAll @Size(max = 300) List<@IntRange(max = 99) Integer> jtis,
      @ForAll @Size(value = 300) List<@IntRange(min = 1, max = 300) Integer> lives) {
    ReplayGuard guard = new InMemoryReplayGuard(CRYPTO, 1_000);
    Set<Integer> used = new HashSet<>();
    for (int i = 0; i < jtis.size(); i++) {
      // with another end each time
      Instant until = NOW.plusSeconds(lives.get(i));
      assertThat(use(guard, "jti-" + jtis.get(i), until, NOW))
          .isEqualTo(used.add(jtis.get(i)) ? Verdict.FIRST_USE : Verdict.REPLAYED);
    }
  }

  @Example
  void use_ofMany_remembersAll() {
    ReplayGuard guard = new InMemoryReplayGuard(CRYPTO, 200_000);
    Instant until = NOW.plusSeconds(60);
    for (Verdict expected : List.of(Verdict.FIRST_USE, Verdict.REPLAYED)) {
      for (int i = 0; i < 100_000; i++) {
        assertThat(use(guard, "jti-" + i, until, NOW)).isEqualTo(expected);
      }
    }
  }

  @Example
  void use_whenFull_isUnavailableUntilSomethingIsOver() {
    ReplayGuard guard = new InMemoryReplayGuard(CRYPTO, 100);
    Instant until = NOW.plusSeconds(60);
    IntStream.range(0, 100)
        .forEach(i -> assertThat(use(guard, "jti-" + i, until, NOW)).isEqualTo(Verdict.FIRST_USE));
    assertThat(use(guard, "more", until, NOW)).isEqualTo(Verdict.UNAVAILABLE);
    assertThat(use(guard, "jti-7", until, NOW)).isEqualTo(Verdict.REPLAYED);
    // to the last second, and for a while after it
    assertThat(use(guard, "jti-7", until, until)).isEqualTo(Verdict.REPLAYED);
    Instant later = until.plusSeconds(46);
    assertThat(use(guard, "more", later.plusSeconds(60), later)).isEqualTo(Verdict.FIRST_USE);
  }

  @Example
  void use_bySeveralThreadsAtOnce_isTheFirstForOneOfThem() throws Exception {
    ReplayGuard guard = new InMemoryReplayGuard(CRYPTO, 100_000);
    Instant until = NOW.plusSeconds(60);
    AtomicInteger first = new AtomicInteger();
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<?>> running =
          IntStream.range(0, 4)
              .<Future<?>>mapToObj(
                  thread ->
                      threads.submit(
                          () -> {
                            for (int i = 0; i < 10_000; i++) {
                              if (use(guard, "jti-" + i, until, NOW) == Verdict.FIRST_USE) {
                                first.incrementAndGet();
                              }
                            }
                          }))
              .toList();
      for (Future<?> each : running) {
        each.get();
      }
    }
    assertThat(first).hasValue(10_000);
  }
}
