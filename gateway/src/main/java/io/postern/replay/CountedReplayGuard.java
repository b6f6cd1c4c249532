package io.postern.replay;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.postern.client.AssertionUse;
import io.postern.client.ReplayGuard;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;

/** A replay guard whose verdicts are counted. Thread-safe, as the guard is. */
public final class CountedReplayGuard implements ReplayGuard {
  private final ReplayGuard guard;
  private final Map<Verdict, Counter> counters = new EnumMap<>(Verdict.class);

  /**
   * @param store where the guard remembers
   */
  public CountedReplayGuard(ReplayGuard guard, String store, MeterRegistry registry) {
    this.guard = guard;
    for (Verdict verdict : Verdict.values()) {
      counters.put(
          verdict,
          Counter.builder("postern.replay.guard.uses")
              .description("Assertions with a good signature, by what the replay guard said")
              .tag("verdict", verdict.name().toLowerCase(Locale.ROOT))
              .tag("store", store)
              .register(registry));
    }
  }

  @Override
  public void use(AssertionUse use, Instant now, Consumer<Verdict> answer) {
    guard.use(
        use,
        now,
        verdict -> {
          Counter counter = counters.get(verdict);
          if (counter != null) {
            counter.increment();
          }
          answer.accept(verdict);
        });
  }
}
