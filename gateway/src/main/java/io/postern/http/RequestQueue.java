package io.postern.http;

import io.vertx.core.Context;

/**
 * The queue of requests before an event loop, bounded. Confined to that event loop.
 *
 * <p>What waits is in the sockets. The loop reads them in turns, of {@value #FULL_TURN} or a few
 * more at most; a turn that is full says that others still wait. Of such turns in a row the first
 * {@link #CAPACITY} requests are taken, then {@value #SHARE} of each, and the others are to be
 * answered that they should come later, which costs a small part of a token. So the wait is bounded
 * however many come, and tokens are issued even if nobody heeds the answer.
 */
final class RequestQueue {
  /** Some 100 ms of tokens. */
  static final int CAPACITY = 2_000;

  // the JDK's selector on Linux gives up to 1,024 sockets at once
  private static final int FULL_TURN = 1_000;
  private static final int SHARE = 250;

  private final Context context;
  private int inTurn;
  private int inFullTurns;

  RequestQueue(Context context) {
    this.context = context;
  }

  /** Whether there is room for one more request, which is taken then. */
  boolean tryTake() {
    if (inTurn == 0) {
      // runs when all sockets of this turn have been read
      context.runOnContext(ignored -> endTurn());
    }
    inTurn++;
    return inFullTurns + inTurn <= CAPACITY || inTurn <= SHARE;
  }

  private void endTurn() {
    inFullTurns = inTurn < FULL_TURN ? 0 : Math.min(inFullTurns + inTurn, CAPACITY);
    inTurn = 0;
  }
}
