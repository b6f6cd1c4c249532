package io.postern.replay;

import io.postern.client.AssertionDigest;
import io.postern.client.AssertionUse;
import io.postern.client.ReplayGuard;
import io.postern.crypto.CryptoProvider;
import io.postern.replay.ReplayStore.Session;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Asks a store, for all event loops over one connection. While a batch is on its way, further uses
 * gather for the next, so batches grow with the load; there is no waiting for a batch to fill.
 *
 * <p>A use is answered within two batches' time, {@link Verdict#UNAVAILABLE} if need be: at once
 * while there is no connection or too many uses wait, and when a batch fails or takes longer than a
 * second. The connection is then given up, as nobody knows what has become of the batch, and made
 * anew until that succeeds. An event-loop verticle; {@link #use} may be called on any event loop.
 */
public final class BatchedReplayGuard extends VerticleBase implements ReplayGuard {
  /** The longest a batch may take. */
  public static final Duration BATCH_TIMEOUT = Duration.ofSeconds(1);

  private static final int LARGEST_BATCH = 500;
  private static final int MOST_WAITING = 10_000;
  private static final Duration HEARTBEAT = Duration.ofSeconds(1);

  /** A use that is not answered yet. */
  private record Waiting(
      AssertionUse use, AssertionDigest digest, Context caller, Consumer<Verdict> answer) {
    void answer(Verdict verdict) {
      caller.runOnContext(ignored -> answer.accept(verdict));
    }
  }

  private final StoreConnection connection;
  private final CryptoProvider crypto;
  private final Clock clock;
  private final BatchMeters meters;
  private final Queue<Waiting> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger queued = new AtomicInteger();
  private final AtomicBoolean woken = new AtomicBoolean();
  // on the verticle's event loop only
  private boolean sending;

  public BatchedReplayGuard(
      ReplayStore store, CryptoProvider crypto, Clock clock, BatchMeters meters) {
    this.connection = new StoreConnection(store, clock, BATCH_TIMEOUT, this::startOver);
    this.crypto = crypto;
    this.clock = clock;
    this.meters = meters;
  }

  /** Completes after the first attempt to connect, whether it succeeded or not. */
  @Override
  public Future<?> start() {
    vertx.setPeriodic(HEARTBEAT.toMillis(), ignored -> beat());
    return connection.open(vertx);
  }

  @Override
  public Future<?> stop() {
    return connection.close();
  }

  @Override
  public void use(AssertionUse use, Instant now, Consumer<Verdict> answer) {
    if (!connection.isUp()) {
      answer.accept(Verdict.UNAVAILABLE);
      return;
    }
    if (queued.incrementAndGet() > MOST_WAITING) {
      queued.decrementAndGet();
      answer.accept(Verdict.UNAVAILABLE);
      return;
    }
    queue.add(
        new Waiting(use, AssertionDigest.of(crypto, use), vertx.getOrCreateContext(), answer));
    if (!woken.getAndSet(true)) {
      context.runOnContext(
          ignored -> {
            woken.set(false);
            proceed();
          });
    }
  }

  // The connection is another one, or there is none: then who waits for the next batch is refused.
  private void startOver() {
    sending = false;
    proceed();
  }

  private void proceed() {
    Session to = connection.session();
    if (to == null) {
      for (List<Waiting> batch = take(); !batch.isEmpty(); batch = take()) {
        refuse(batch);
      }
    } else if (!sending && !queue.isEmpty()) {
      send(to, take());
    }
  }

  // An empty batch finds out about a connection that is dead, and about a memory that is lost.
  private void beat() {
    Session to = connection.session();
    if (to != null && !sending) {
      send(to, List.of());
    }
  }

  private List<Waiting> take() {
    List<Waiting> batch = new ArrayList<>();
    while (batch.size() < LARGEST_BATCH) {
      Waiting next = queue.poll();
      if (next == null) {
        break;
      }
      batch.add(next);
    }
    queued.addAndGet(-batch.size());
    return batch;
  }

  private void send(Session to, List<Waiting> batch) {
    sending = true;
    long began = System.nanoTime();
    ask(to, batch)
        .onComplete(
            done -> {
              if (done.succeeded()) {
                meters.record(batch.size(), System.nanoTime() - began);
                answer(batch, done.result());
              } else {
                refuse(batch);
                connection.giveUp(to, done.cause());
              }
              if (to.equals(connection.session())) {
                sending = false;
                proceed();
              }
            });
  }

  private Future<ReplayStore.Answer> ask(Session to, List<Waiting> batch) {
    List<ReplayStore.Use> uses = new ArrayList<>(batch.size());
    for (Waiting each : batch) {
      uses.add(new ReplayStore.Use(each.digest, each.use.until()));
    }
    // inside, so that what it throws fails the future
    return connection.within(
        BATCH_TIMEOUT, Future.succeededFuture().compose(ignored -> to.use(uses, clock.instant())));
  }

  private static void answer(List<Waiting> batch, ReplayStore.Answer answer) {
    for (int i = 0; i < batch.size(); i++) {
      Waiting each = batch.get(i);
      // what was good before the store's memory began may have been used and forgotten
      boolean known = each.use.usableFrom().isAfter(answer.rememberedSince());
      each.answer(
          !known
              ? Verdict.UNAVAILABLE
              : answer.firstUses().get(i) ? Verdict.FIRST_USE : Verdict.REPLAYED);
    }
  }

  private static void refuse(List<Waiting> batch) {
    batch.forEach(each -> each.answer(Verdict.UNAVAILABLE));
  }
}
