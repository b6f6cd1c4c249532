package io.postern.sync;

import io.postern.change.Revision;
import java.time.Duration;
import org.slf4j.Logger;

/**
 * Tells the log when the index goes out of step with the database, when it is too old to go by, and
 * when it is in step again; of the tries between, one a minute.
 */
final class StepLog {
  private static final Duration REMINDER = Duration.ofMinutes(1);

  private enum State {
    NEVER_IN_STEP,
    IN_STEP,
    OUT_OF_STEP
  }

  private final Logger log;
  private final String database;

  private State state = State.NEVER_IN_STEP;
  private boolean told;
  private boolean tooOld;
  private long failedAtNanos;
  private long toldAtNanos;

  /**
   * @param database its name in the log
   */
  StepLog(Logger log, String database) {
    this.log = log;
    this.database = database;
  }

  /**
   * A try has failed.
   *
   * @param pause until the next
   */
  void failed(Throwable cause, Duration pause, long nanoTime) {
    if (state == State.IN_STEP) {
      state = State.OUT_OF_STEP;
      told = false;
    }
    if (!told) {
      told = true;
      failedAtNanos = nanoTime;
      toldAtNanos = nanoTime;
      log.warn(
          "The index is not in step with {} ({}); trying until it is", database, cause.toString());
    } else if (nanoTime - toldAtNanos >= REMINDER.toNanos()) {
      toldAtNanos = nanoTime;
      log.warn(
          "The index is not in step with {} for {} s ({})",
          database,
          Duration.ofNanos(nanoTime - failedAtNanos).toSeconds(),
          cause.toString());
    } else {
      log.debug("Not in step yet ({}); next try in {} ms", cause.toString(), pause.toMillis());
    }
  }

  /** The index is that old, and may be so old. */
  void watch(Duration staleness, Duration limit) {
    if (!tooOld && staleness.compareTo(limit) > 0) {
      tooOld = true;
      log.warn(
          "No tokens are issued: {} has not confirmed the index for {} s",
          database,
          limit.toSeconds());
    }
  }

  /** The database has confirmed the index. */
  void inStep(Revision revision, long nanoTime) {
    switch (state) {
      case IN_STEP -> {
        if (tooOld) {
          log.info("Tokens are issued again, by revision {}", revision.number());
        }
      }
      case NEVER_IN_STEP -> log.info("The index is in step at revision {}", revision.number());
      case OUT_OF_STEP ->
          log.info(
              "The index is in step again at revision {}, after {} ms{}",
              revision.number(),
              Duration.ofNanos(nanoTime - failedAtNanos).toMillis(),
              tooOld ? "; tokens are issued again" : "");
    }
    state = State.IN_STEP;
    tooOld = false;
  }
}
