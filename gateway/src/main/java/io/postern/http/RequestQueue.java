package io.postern.http;

import io.vertx.core.Context;

/**
 * The queue of requests before an event loop, bounded. Confined to that event loop.
 *
 * <p>What waits is in the sockets, and the loop takes all that is readable in one turn. So the
 * requests of one turn are those that waited; past {@link #capacity} of them, the others are to be
 * answered that they should come later, which costs a small part of a token. Every request is
 * answered within about two turns, however many come.
 */
final class RequestQueue {
  /** Some 100 ms of tokens. */
  static final int CAPACITY = 2_000;

  private final Context context;
  private final int capacity;
  private int takenInTurn;

  RequestQueue(Context context, int capacity) {
    this.context = context;
    this.capacity = capacity;
  }

  /** Whether there is room for one more request, which is taken then. */
  boolean tryTake() {
    if (takenInTurn == 0) {
      // runs when all sockets of this turn have been read
      context.runOnContext(ignored -> takenInTurn = 0);
    }
    takenInTurn++;
    return takenInTurn <= capacity;
  }
}
