package io.postern.sync;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.postern.change.Revision;
import io.postern.index.GrantIndex;
import io.postern.index.IndexImage;
import io.postern.store.database.Database;
import io.postern.store.feed.FeedSignal;
import io.postern.store.feed.RegistryReader;
import io.postern.store.feed.SharedValues;
import io.postern.store.keys.Keyring;
import io.postern.sync.SyncMetrics.SnapshotCause;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.pgclient.PgConnection;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the index in step with the database; the only writer of the index.
 *
 * <p>A <em>cycle</em> has one connection: it listens, reads a snapshot if there is no image yet,
 * and follows the feed. It may end at any time, with whatever exception. The <em>supervisor</em>
 * starts the next one from the image's revision, after a pause that grows while cycles fail.
 *
 * <p>A notification only wakes the reader, and so does a heartbeat; what counts is the feed. A
 * virtual-thread verticle.
 */
public final class IndexSync extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(IndexSync.class);
  private static final Duration HEARTBEAT = Duration.ofSeconds(1);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(1);
  private static final Duration SHORTEST_PAUSE = Duration.ofMillis(100);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(2);

  private final Database database;
  private final Keyring keyring;
  private final GrantIndex index;
  private final PublishedRevisions published;
  private final ReplicaPresence presence;
  private final SyncMetrics metrics;
  private final StepLog log;
  private final SharedValues shared = new SharedValues();

  // All of it is touched on the verticle's context only.
  private final Promise<Void> loaded = Promise.promise();
  private final Promise<Void> ended = Promise.promise();
  private final Promise<Void> stop = Promise.promise();
  private Promise<Void> wake = Promise.promise();
  private Duration pause = SHORTEST_PAUSE;
  private boolean stopping;

  private volatile boolean inStep;

  /**
   * @param published is told of each published revision
   * @param presence tells others of it
   */
  public IndexSync(
      Database database,
      Keyring keyring,
      GrantIndex index,
      PublishedRevisions published,
      ReplicaPresence presence,
      SyncMetrics metrics) {
    this.database = database;
    this.keyring = keyring;
    this.index = index;
    this.published = published;
    this.presence = presence;
    this.metrics = metrics;
    this.log = new StepLog(LOG, database.toString());
  }

  @Override
  public Future<?> start() {
    metrics.watch(this::isInStep);
    context.runOnContext(ignored -> supervise());
    context.owner().setPeriodic(HEARTBEAT.toMillis(), ignored -> watchStaleness());
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    stopping = true;
    stop.complete();
    // whoever waits for a start is not to wait for ever
    loaded.tryFail("the sync was stopped before the index was loaded");
    wake();
    return ended.future();
  }

  /**
   * Completes when the first image has been published, others know that this gateway goes by it,
   * and the database has confirmed it since.
   */
  public Future<Void> loaded() {
    return loaded.future();
  }

  /** Whether the last attempt to reach the database was a success. Thread-safe. */
  public boolean isInStep() {
    return inStep;
  }

  private void supervise() {
    try {
      while (!stopping) {
        try {
          cycle();
        } catch (Throwable e) {
          // of any kind: waiting for a future throws what it failed with, and nothing may end this
          inStep = false;
          metrics.failed();
          log.failed(rootOf(e), pause, System.nanoTime());
          stop.future().timeout(pause.toMillis(), MILLISECONDS).otherwiseEmpty().await();
          pause = longer(pause);
        }
      }
    } finally {
      ended.complete();
    }
  }

  private static Throwable rootOf(Throwable e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root;
  }

  private static Duration longer(Duration pause) {
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : twice;
  }

  private void cycle() {
    PgConnection connection = database.connect(vertx, "sync").await();
    try {
      connection.closeHandler(ignored -> wake());
      // before the first read, so that no commit falls between
      FeedSignal.listen(connection, this::wake);
      // before what is confirmed, so that whoever commits after it counts on this gateway
      presence.announce(connection);
      RegistryReader reader = new RegistryReader(connection, shared, keyring);
      if (!index.isLoaded()) {
        loadSnapshot(reader, SnapshotCause.START);
        presence.announce(connection);
      }
      while (!stopping) {
        if (!presence.isKnown(System.nanoTime())) {
          presence.announce(connection);
        }
        follow(reader);
        noteInStep();
        waitForWake(HEARTBEAT);
      }
    } finally {
      // waited for, so that a stop leaves nothing to come; not for long, as it may be dead
      connection.close().timeout(CLOSE_TIMEOUT.toMillis(), MILLISECONDS).otherwiseEmpty().await();
    }
  }

  private void noteInStep() {
    pause = SHORTEST_PAUSE;
    inStep = true;
    log.inStep(index.image().revision(), System.nanoTime());
    loaded.tryComplete();
  }

  private void watchStaleness() {
    Duration staleness = index.staleness(System.nanoTime());
    if (staleness.compareTo(GrantIndex.NEVER_CONFIRMED) < 0) {
      log.watch(staleness, index.maxStaleness());
    }
  }

  private void follow(RegistryReader reader) {
    long asked = System.nanoTime();
    Revision present = index.image().revision();
    // Pages are collected in an image that nobody sees: a batch becomes visible whole.
    IndexImage.Builder next = index.image().edit();
    switch (reader.readFeed(present, next::apply)) {
      case UNCHANGED -> {}
      case COMPLETE -> {
        IndexImage image = next.build();
        publish(image);
        long visible = System.nanoTime();
        index.confirm(asked);
        metrics.visible(reader.readLags(present, image.revision(), visible));
      }
      case FEED_PRUNED -> {
        LOG.warn("The change feed was pruned past revision {}: reading all", present.number());
        loadSnapshot(reader, SnapshotCause.FEED_PRUNED);
      }
      case HEAD_WENT_BACK -> {
        LOG.warn(
            "The database has lost commits, its head is below revision {}: reading all",
            present.number());
        loadSnapshot(reader, SnapshotCause.HEAD_WENT_BACK);
      }
      case HISTORY_REWRITTEN -> {
        LOG.warn(
            "The database has lost commits, its revision {} is another: reading all",
            present.number());
        loadSnapshot(reader, SnapshotCause.HISTORY_REWRITTEN);
      }
    }
    index.confirm(asked);
  }

  private void loadSnapshot(RegistryReader reader, SnapshotCause cause) {
    long began = System.nanoTime();
    IndexImage.Builder next = IndexImage.EMPTY.edit();
    LoadLog progress = new LoadLog(LOG, began);
    reader.readSnapshot(
        (page, read, inAll) -> {
          next.apply(page);
          progress.note(read, inAll, System.nanoTime());
        });
    IndexImage image = next.build();
    publish(image);
    metrics.readEverything(cause);
    LOG.info(
        "The index is loaded: revision {}, {} clients, {} resources, in {} ms",
        image.revision().number(),
        image.clientCount(),
        image.resourceCount(),
        Duration.ofNanos(System.nanoTime() - began).toMillis());
  }

  private void publish(IndexImage image) {
    index.publish(image);
    published.advance(image.revision());
    presence.acknowledge(image.revision());
  }

  private void wake() {
    wake.tryComplete();
  }

  private void waitForWake(Duration atMost) {
    wake.future().timeout(atMost.toMillis(), MILLISECONDS).otherwiseEmpty().await();
    wake = Promise.promise();
  }
}
