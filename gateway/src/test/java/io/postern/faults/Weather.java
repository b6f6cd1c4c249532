package io.postern.faults;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * When something was broken, and so how long a committed change may take to be in force everywhere:
 * in calm weather the bound, else as long as a gateway may go on without its database. Thread-safe.
 * Times are of {@link System#nanoTime}.
 */
final class Weather {
  private record Storm(long from, long to) {}

  private final long bound;
  private final long maxStaleness;
  private final List<Storm> storms = new ArrayList<>();
  private long stormSince = Long.MAX_VALUE;

  Weather(Duration bound, Duration maxStaleness) {
    this.bound = bound.toNanos();
    this.maxStaleness = maxStaleness.toNanos();
  }

  /** How long a change takes at most in calm weather. */
  Duration bound() {
    return Duration.ofNanos(bound);
  }

  /** Something is about to be broken. */
  synchronized void breaks() {
    stormSince = Math.min(stormSince, System.nanoTime());
  }

  /** All is well again. */
  synchronized void calms() {
    storms.add(new Storm(stormSince, System.nanoTime()));
    stormSince = Long.MAX_VALUE;
  }

  /** From when on a change is in force on every replica that issues, if it was committed then. */
  synchronized long visibleFrom(long committed) {
    return committed + (isCalm(committed, committed + bound) ? bound : maxStaleness);
  }

  /** Whether nothing was broken at any moment between. */
  synchronized boolean isCalm(long from, long to) {
    return to < stormSince && storms.stream().allMatch(storm -> storm.to < from || storm.from > to);
  }
}
