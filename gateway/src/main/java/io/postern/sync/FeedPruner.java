package io.postern.sync;

import io.postern.store.DatabaseUnavailableException;
import io.postern.store.FeedPruning;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Prunes the change feed about once a minute. All gateways of a database do, one at a time. A
 * virtual-thread verticle.
 */
public final class FeedPruner extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(FeedPruner.class);
  private static final Duration INTERVAL = Duration.ofMinutes(1);

  private final FeedPruning pruning;
  private boolean stopping;

  public FeedPruner(FeedPruning pruning) {
    this.pruning = pruning;
  }

  @Override
  public Future<?> start() {
    vertx.setPeriodic(INTERVAL.toMillis(), ignored -> prune());
    return Future.succeededFuture();
  }

  /** Not waited for: a portion that is on its way is made later, by whomever. */
  @Override
  public Future<?> stop() {
    stopping = true;
    return Future.succeededFuture();
  }

  private void prune() {
    try {
      long rows = pruning.run();
      LOG.debug("Pruned {} rows of the change feed", rows);
    } catch (DatabaseUnavailableException e) {
      // the sync tells of it
      LOG.debug("The change feed is not pruned", e);
    } catch (RuntimeException e) {
      if (!stopping) {
        LOG.error("The change feed cannot be pruned", e);
      }
    }
  }
}
