package io.postern.admin.protocol;

import io.postern.change.Revision;
import io.postern.change.RevisionGate;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.function.Supplier;

/** This gateway's index as the admin API sees it: how far it is. */
public final class OwnIndex {
  private final RevisionGate gate;
  private final Supplier<IndexStatus> status;

  public OwnIndex(RevisionGate gate, Supplier<IndexStatus> status) {
    this.gate = gate;
    this.status = status;
  }

  public IndexStatus status() {
    return status.get();
  }

  /** Waits until the index has the revision; whether it came in time. On a virtual thread. */
  public boolean awaitRevision(Revision revision, Duration timeout) {
    return Future.fromCompletionStage(gate.reached(revision, timeout), Vertx.currentContext())
        .await();
  }
}
