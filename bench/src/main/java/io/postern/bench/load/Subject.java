package io.postern.bench.load;

import java.time.Duration;

/**
 * A server that is measured.
 *
 * @param name in reports
 * @param untilOpen from the start of its process until it accepted connections
 */
record Subject(
    String name, Target target, ServerProcess server, Vitals vitals, Duration untilOpen) {

  /** Loads it once and reads what that took. */
  Window measure(LoadGenerator generator, Requests requests, LoadGenerator.Plan plan) {
    Vitals.Reading before = vitals.read();
    LoadResult load = generator.run(server.address(), requests, plan);
    return Window.of(load.requireGood(name), vitals, before, server.gcLog());
  }
}
