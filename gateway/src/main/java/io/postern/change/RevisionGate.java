package io.postern.change;

import java.time.Duration;
import java.util.concurrent.CompletionStage;

/** Tells when this gateway answers requests by a revision. Thread-safe. */
public interface RevisionGate {
  /**
   * Waits until the index includes the revision.
   *
   * @return whether it did in time; never fails
   */
  CompletionStage<Boolean> reached(Revision revision, Duration atMost);
}
