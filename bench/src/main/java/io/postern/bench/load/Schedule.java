package io.postern.bench.load;

/**
 * When one loop of the generator sends. All times are of {@link System#nanoTime()}.
 *
 * @param start the first request
 * @param windowStart the measured window begins
 * @param end it ends, and nothing is sent from then on
 * @param intervalNanos from one request to the next; 0 for no rate: as soon as it can be sent
 */
record Schedule(long start, long windowStart, long end, double intervalNanos) {

  /** The part of one loop among several, which take turns. */
  static Schedule of(LoadGenerator.Plan plan, long start, int loop, int loops) {
    Double rate = plan.ratePerSecond();
    double interval = rate == null ? 0 : 1e9 / rate * loops;
    long windowStart = start + plan.warmUp().toNanos();
    return new Schedule(
        start + (long) (interval * loop / loops),
        windowStart,
        windowStart + plan.window().toNanos(),
        interval);
  }

  boolean hasRate() {
    return intervalNanos > 0;
  }

  /** When the request of that number, from 0, is to be sent. */
  long dueAt(long number) {
    return start + (long) (number * intervalNanos);
  }

  /** Whether a request that is to be sent then is measured. */
  boolean isMeasured(long intended) {
    return intended - windowStart >= 0 && intended - end < 0;
  }

  boolean isOver(long time) {
    return time - end >= 0;
  }
}
