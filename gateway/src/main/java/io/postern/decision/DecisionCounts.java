package io.postern.decision;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.LongAdder;

/** How many events were written, and how many were lost. Thread-safe. */
final class DecisionCounts {
  private final LongAdder written = new LongAdder();
  private final LongAdder dropped = new LongAdder();
  private final LongAdder failed = new LongAdder();

  DecisionCounts(MeterRegistry meters) {
    FunctionCounter.builder("postern.decision.events.written", written, LongAdder::sum)
        .description("Events that the decision log has written")
        .register(meters);
    registerLost(meters, "full", dropped);
    registerLost(meters, "failed", failed);
  }

  private static void registerLost(MeterRegistry meters, String cause, LongAdder count) {
    FunctionCounter.builder("postern.decision.events.lost", count, LongAdder::sum)
        .description("Events lost: too many waited (full), or they could not be written (failed)")
        .tag("cause", cause)
        .register(meters);
  }

  void written(long events) {
    written.add(events);
  }

  /** Lost, as too many waited. */
  void dropped() {
    dropped.increment();
  }

  /** Lost, as they could not be written. */
  void failed(long events) {
    failed.add(events);
  }
}
