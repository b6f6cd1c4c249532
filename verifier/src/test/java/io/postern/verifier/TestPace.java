package io.postern.verifier;

import java.time.Duration;

/** Paces for tests. */
final class TestPace {
  /** One that tries again at once, and still waits for what comes. */
  static final Pace QUICK =
      new Pace(
          Duration.ofSeconds(30),
          Duration.ofSeconds(10),
          Duration.ofSeconds(5),
          Duration.ofMillis(10),
          Duration.ofMillis(2),
          Duration.ofMillis(20),
          Duration.ofSeconds(10));

  /** One that does not wait either. */
  static final Pace IMPATIENT =
      new Pace(
          Duration.ofMillis(200),
          Duration.ofMillis(200),
          Duration.ofMillis(200),
          Duration.ofMillis(10),
          Duration.ofMillis(2),
          Duration.ofMillis(20),
          Duration.ofSeconds(10));

  private TestPace() {}
}
