package io.postern.sync;

import io.postern.store.database.DatabaseUnavailableException;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work that comes again and again. Where it is on the database, every gateway of that does it; the
 * work itself sees to it that one at a time does, and that none needs to. A virtual-thread
 * verticle.
 */
public final class PeriodicTask extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(PeriodicTask.class);

  private final String name;
  private final Duration interval;
  private final Runnable work;
  // touched on the verticle's context only
  private boolean running;
  private boolean stopping;

  /**
   * @param name what the log calls it, as the beginning of a sentence
   * @param interval from start to start, or longer where the work takes longer
   */
  public PeriodicTask(String name, Duration interval, Runnable work) {
    this.name = name;
    this.interval = interval;
    this.work = work;
  }

  @Override
  public Future<?> start() {
    vertx.setPeriodic(interval.toMillis(), ignored -> run());
    return Future.succeededFuture();
  }

  /** Not waited for: what is on its way is made later, by whomever. */
  @Override
  public Future<?> stop() {
    stopping = true;
    return Future.succeededFuture();
  }

  private void run() {
    if (running || stopping) {
      return;
    }
    running = true;
    try {
      work.run();
    } catch (DatabaseUnavailableException e) {
      // the sync tells of it
      LOG.debug("{} has to wait for PostgreSQL", name, e);
    } catch (Throwable e) {
      // of any kind: waiting for a future throws what it failed with, checked exceptions too
      if (!stopping) {
        LOG.error("{} failed", name, e);
      }
    } finally {
      running = false;
    }
  }
}
