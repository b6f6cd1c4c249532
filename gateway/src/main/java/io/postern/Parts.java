package io.postern;

import io.postern.sync.PeriodicTask;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has been started, to be stopped in the reverse order. A stop may come while parts still
 * start: it stops those that are there, and no other starts after it. Thread-safe.
 */
final class Parts {
  private static final Logger LOG = LoggerFactory.getLogger(Parts.class);
  private static final DeploymentOptions ON_VIRTUAL_THREAD =
      new DeploymentOptions().setThreadingModel(ThreadingModel.VIRTUAL_THREAD);

  /** The start was cut short by a stop. */
  static final class StoppedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    StoppedException() {
      super("the gateway was told to stop while it started");
    }
  }

  private final Vertx vertx;
  private final Deque<Supplier<Future<?>>> stops = new ArrayDeque<>();
  private boolean stopping;

  Parts(Vertx vertx) {
    this.vertx = vertx;
  }

  /**
   * Adds what was started.
   *
   * @throws StoppedException when the stop has come; the part has been stopped then
   */
  synchronized void add(Supplier<Future<?>> stop) {
    if (stopping) {
      quietly(stop);
      throw new StoppedException();
    }
    stops.push(stop);
  }

  /** The same for what stops at once. */
  void addClosing(Runnable close) {
    add(
        () -> {
          close.run();
          return Future.succeededFuture();
        });
  }

  /**
   * Starts a verticle, and returns when it has started. A stop that comes meanwhile waits for that.
   *
   * @throws StoppedException when the stop has come
   */
  synchronized void deploy(Supplier<? extends Deployable> verticle, DeploymentOptions options) {
    if (stopping) {
      throw new StoppedException();
    }
    String id = vertx.deployVerticle(verticle, options).await();
    stops.push(() -> vertx.undeploy(id));
  }

  /** The same for one that may wait. */
  void deployOnVirtualThread(Deployable verticle) {
    deploy(() -> verticle, ON_VIRTUAL_THREAD);
  }

  /**
   * Has work done again and again.
   *
   * @param name what the log calls it, as the beginning of a sentence
   */
  void repeat(String name, Duration interval, Runnable work) {
    deployOnVirtualThread(new PeriodicTask(name, interval, work));
  }

  /** Stops all parts, the last first, each whatever became of the others. */
  synchronized void stop() {
    stopping = true;
    while (!stops.isEmpty()) {
      quietly(stops.pop());
    }
  }

  private static void quietly(Supplier<Future<?>> stop) {
    try {
      stop.get().await();
    } catch (Throwable e) {
      LOG.warn("A part did not stop in good order", e);
    }
  }
}
