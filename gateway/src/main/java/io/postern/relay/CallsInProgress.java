package io.postern.relay;

import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;

/**
 * The calls of one event loop, whose deadlines are looked at now and then: a timer for each would
 * have to be set anew with each chunk. Confined to that event loop.
 */
final class CallsInProgress {
  /** A call is ended this part of its deadline late at most. */
  private static final int LOOKS = 20;

  private static final Duration OFTEN_ENOUGH = Duration.ofMillis(500);

  private final Set<RelayedCall> calls = Collections.newSetFromMap(new IdentityHashMap<>());

  /** Looks from now on, for as long as the deployment of the present verticle. */
  CallsInProgress(Vertx vertx, RelaySettings.Deadlines deadlines) {
    long shortest =
        Math.min(
            deadlines.connect().toMillis(),
            Math.min(deadlines.firstByte().toMillis(), deadlines.idle().toMillis()));
    long every = Math.max(1, Math.min(shortest / LOOKS, OFTEN_ENOUGH.toMillis()));
    vertx.setPeriodic(every, id -> endOverdue(System.nanoTime()));
  }

  void add(RelayedCall call) {
    calls.add(call);
  }

  void remove(RelayedCall call) {
    calls.remove(call);
  }

  private void endOverdue(long nanoTime) {
    if (!calls.isEmpty()) {
      List.copyOf(calls).forEach(call -> call.endIfOverdue(nanoTime));
    }
  }
}
