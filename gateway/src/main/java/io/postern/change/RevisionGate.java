package io.postern.change;

import java.util.concurrent.CompletionStage;

/** Tells when this gateway answers requests by a revision. Thread-safe. */
public interface RevisionGate {
  /**
   * Completes as soon as the index includes the revision. It never fails; whoever cannot wait for
   * ever sets a limit.
   */
  CompletionStage<Void> reached(Revision revision);
}
