package io.postern.replay;

import io.postern.replay.ReplayStore.Session;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.nio.channels.ClosedChannelException;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to a store, made anew whenever it is lost, until it is closed. Confined to the
 * event loop on which it is opened, but for {@link #isUp}.
 */
final class StoreConnection {
  private static final Logger LOG = LoggerFactory.getLogger(StoreConnection.class);
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(2);
  private static final Duration PAUSE = Duration.ofMillis(200);

  private final ReplayStore store;
  private final Clock clock;
  private final Duration answerTimeout;
  private final Runnable changed;
  private volatile boolean up;
  private @Nullable Vertx vertx;
  private @Nullable Session session;
  private boolean toldOfLoss;
  private boolean closed;

  /**
   * @param answerTimeout how long the store may take for its first answer
   * @param changed is called when there is a session, and when there is none any more
   */
  StoreConnection(ReplayStore store, Clock clock, Duration answerTimeout, Runnable changed) {
    this.store = store;
    this.clock = clock;
    this.answerTimeout = answerTimeout;
    this.changed = changed;
  }

  /** Completes after the first attempt, whether it succeeded or not. */
  Future<?> open(Vertx on) {
    vertx = on;
    return connect(on).otherwiseEmpty();
  }

  /** Whether there is a session; to be asked on any thread. */
  boolean isUp() {
    return up;
  }

  /** The session that answered last, or null. */
  @Nullable Session session() {
    return session;
  }

  /** Ends a session that cannot be relied on, and makes another one. */
  void giveUp(Session lost, Throwable cause) {
    if (lost.equals(session)) {
      drop();
      lost.close();
      tryAgain(cause);
    }
  }

  Future<?> close() {
    closed = true;
    Session last = session;
    if (last == null) {
      return Future.succeededFuture();
    }
    drop();
    return last.close();
  }

  /** The future, or a failure on this event loop if it takes too long. */
  <T> Future<T> within(Duration limit, Future<T> future) {
    // not Future.timeout, which may fail the future on a thread of its own
    Promise<T> answer = Promise.promise();
    long timer =
        vertx()
            .setTimer(
                limit.toMillis(),
                ignored -> answer.tryFail(new TimeoutException("no answer within " + limit)));
    future.onComplete(
        done -> {
          vertx().cancelTimer(timer);
          if (done.succeeded()) {
            answer.tryComplete(done.result());
          } else {
            answer.tryFail(done.cause());
          }
        });
    return answer.future();
  }

  private Vertx vertx() {
    Vertx present = vertx;
    if (present == null) {
      throw new IllegalStateException("not opened");
    }
    return present;
  }

  private Future<Session> connect(Vertx on) {
    Future<Session> opening = store.connect(on);
    return within(CONNECT_TIMEOUT, opening)
        // one that comes too late is nobody's
        .onFailure(late -> opening.onSuccess(Session::close))
        .compose(
            made ->
                within(answerTimeout, made.use(List.of(), clock.instant()))
                    .map(made)
                    .onFailure(e -> made.close()))
        .onComplete(this::gain, this::tryAgain);
  }

  private void gain(Session made) {
    if (closed) {
      made.close();
      return;
    }
    made.onLoss(() -> giveUp(made, new ClosedChannelException()));
    session = made;
    up = true;
    if (toldOfLoss) {
      LOG.info("Used assertions are remembered by {} again", store.name());
      toldOfLoss = false;
    }
    changed.run();
  }

  private void drop() {
    up = false;
    session = null;
    changed.run();
  }

  private void tryAgain(Throwable cause) {
    if (closed) {
      return;
    }
    if (!toldOfLoss) {
      LOG.warn(
          "{} cannot be asked about used assertions ({}): private_key_jwt gets 503 until it can",
          store.name(),
          rootOf(cause).toString());
      toldOfLoss = true;
    }
    vertx().setTimer(PAUSE.toMillis(), ignored -> connect(vertx()));
  }

  private static Throwable rootOf(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }
}
