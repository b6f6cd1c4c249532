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
public final class RequestQueue {
  /** Some 100 ms of tokens. */
  static final int CAPACITY = 2_000;

  // the JDK's selector on Linux gives up to 1,024 sockets at once
  private static final int FULL_TURN = 1_000;
  private static final int SHARE = 250;

  private final Context context;
  private final Traffic traffic;
  private int inTurn;
  private int inFullTurns;

  /**
   * @param context of the event loop
   * @param traffic is told of what finds no room
   */
  public RequestQueue(Context context, Traffic traffic) {
    this.context = context;
    this.traffic = traffic;
  }

  /** Whether there is room for one more request, which is taken then. */
  boolean tryTake() {
    if (inTurn == 0) {
      // runs when all sockets of this turn have been read
      context.runOnContext(ignored -> endTurn());
    }
    inTurn++;
    boolean room = inFullTurns + inTurn <= CAPACITY || inTurn <= SHARE;
    if (!room) {
      traffic.shed();
    }
    return room;
  }

  private void endTurn() {
    inFullTurns = inTurn < FULL_TURN ? 0 : Math.min(inFullTurns + inTurn, CAPACITY);
    inTurn = 0;
  }
}
