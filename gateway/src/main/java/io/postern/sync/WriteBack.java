package io.postern.sync;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down now and then what was counted in memory: the way back to the database, outside of the
 * change feed. A virtual-thread verticle, which writes once more when it stops.
 */
public final class WriteBack extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(WriteBack.class);

  private final String what;
  private final Duration window;
  private final Runnable write;

  /**
   * @param what is written, as the log calls it at the beginning of a sentence
   * @param window what a crash may lose
   * @param write may throw when it cannot be written
   */
  public WriteBack(String what, Duration window, Runnable write) {
    this.what = what;
    this.window = window;
    this.write = write;
  }

  @Override
  public Future<?> start() {
    vertx.setPeriodic(window.toMillis(), ignored -> write());
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    write();
    return Future.succeededFuture();
  }

  private void write() {
    try {
      write.run();
    } catch (RuntimeException e) {
      LOG.warn("{} could not be written down: {}", what, e.toString());
    }
  }
}
