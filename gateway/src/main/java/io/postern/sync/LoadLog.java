package io.postern.sync;

import java.time.Duration;
import org.slf4j.Logger;

/** Tells the log now and then how far a snapshot has been read; a short one says nothing. */
final class LoadLog {
  private static final Duration INTERVAL = Duration.ofSeconds(3);

  private final Logger log;
  private long lastNanos;

  /**
   * @param startNanos when the reading began, as {@link System#nanoTime}
   */
  LoadLog(Logger log, long startNanos) {
    this.log = log;
    this.lastNanos = startNanos;
  }

  /** Notes how many rows have been read at that {@link System#nanoTime}. */
  void note(long read, long inAll, long nanoTime) {
    if (nanoTime - lastNanos >= INTERVAL.toNanos()) {
      lastNanos = nanoTime;
      log.info("Loading the index: {} of about {} rows", read, inAll);
    }
  }
}
