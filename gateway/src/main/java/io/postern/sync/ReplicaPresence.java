package io.postern.sync;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.postern.change.Revision;
import io.postern.store.database.Database;
import io.postern.store.replica.ReplicaTable;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.pgclient.PgConnection;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the database that this gateway runs and which revision it answers by: at once when there is
 * a new one, and every second. Its stop tells that the gateway issues no more.
 *
 * <p>On a connection of its own: that of the sync is busy while it reads, and the admin API may use
 * up the pool; others would wait for this gateway meanwhile. A virtual-thread verticle; its other
 * methods are thread-safe.
 */
public final class ReplicaPresence extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(ReplicaPresence.class);
  private static final Duration BEAT = Duration.ofSeconds(1);

  /** Acknowledgements have at least so much time between them, however many revisions there are. */
  private static final Duration SHORTEST_INTERVAL = Duration.ofMillis(10);

  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);

  /** How long what the database heard last lets it count on this gateway; below the margin. */
  private static final Duration REMEMBERED = ReplicaTable.MARGIN.minusSeconds(5);

  private final Database database;
  private final ReplicaTable.Identity self;
  private final Clock clock;
  private final Promise<Void> ended = Promise.promise();
  private final Promise<Void> stop = Promise.promise();
  // touched on the verticle's context only
  private Promise<Void> wake = Promise.promise();

  private volatile boolean stopping;
  private volatile @Nullable Revision applied;
  private volatile boolean announced;
  // as System.nanoTime, before it was sent
  private volatile long heardAtNanos;

  public ReplicaPresence(Database database, ReplicaTable.Identity self, Clock clock) {
    this.database = database;
    this.self = self;
    this.clock = clock;
  }

  @Override
  public Future<?> start() {
    context.runOnContext(ignored -> run());
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    stopping = true;
    stop.complete();
    wake.tryComplete();
    return ended.future();
  }

  /**
   * Tells over another's connection, so that whoever has it knows: that very database counts on
   * this gateway from now on.
   */
  void announce(PgConnection connection) {
    tell(new ReplicaTable(connection));
  }

  /** Notes a revision that requests are answered by from now on; to be told soon. */
  void acknowledge(Revision published) {
    applied = published;
    if (context != null) {
      context.runOnContext(ignored -> wake.tryComplete());
    }
  }

  /**
   * Whether the database counts on this gateway, so that what is committed from now on waits for it
   * where it should. If not, the gateway must not take itself for confirmed.
   */
  boolean isKnown(long nanoTime) {
    return announced && nanoTime - heardAtNanos < REMEMBERED.toNanos();
  }

  private void run() {
    try {
      while (!stopping) {
        try {
          PgConnection connection = database.connect(vertx, "presence").await();
          try {
            tellOver(new ReplicaTable(connection));
          } finally {
            close(connection);
          }
        } catch (Throwable e) {
          // The sync tells of a database that is away.
          LOG.debug("The database does not hear of this gateway", e);
          stop.future().timeout(BEAT.toMillis(), MILLISECONDS).otherwiseEmpty().await();
        }
      }
      forget();
    } finally {
      ended.complete();
    }
  }

  private void tellOver(ReplicaTable replicas) {
    while (!stopping) {
      // first, so that what is published while it is told is told next
      wake = Promise.promise();
      tell(replicas);
      vertx.timer(SHORTEST_INTERVAL.toMillis(), MILLISECONDS).await();
      wake.future().timeout(BEAT.toMillis(), MILLISECONDS).otherwiseEmpty().await();
    }
  }

  private void tell(ReplicaTable replicas) {
    long asked = System.nanoTime();
    replicas.acknowledge(self, applied, clock.instant());
    heardAtNanos = asked;
    announced = true;
  }

  private void forget() {
    try {
      PgConnection connection = database.connect(vertx, "presence").await();
      try {
        new ReplicaTable(connection).remove(self);
      } finally {
        close(connection);
      }
    } catch (Throwable e) {
      LOG.info(
          "The database was not told of the stop; it counts on {} for {} more",
          self.replicaId(),
          self.maxStaleness().plus(ReplicaTable.MARGIN));
    }
  }

  private static void close(PgConnection connection) {
    // not for long, as it may be dead
    connection.close().timeout(CLOSE_TIMEOUT.toMillis(), MILLISECONDS).otherwiseEmpty().await();
  }
}
