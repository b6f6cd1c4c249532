package io.postern.http;

import io.postern.token.SigningThreads;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Threads of Vert.x for slow signatures. */
public final class WorkerThreads implements SigningThreads {
  private static final Logger LOG = LoggerFactory.getLogger(WorkerThreads.class);

  private final WorkerExecutor executor;

  /**
   * @param count as many as may work at once
   */
  public WorkerThreads(Vertx vertx, int count) {
    this.executor = vertx.createSharedWorkerExecutor("postern-signing", count);
  }

  @Override
  public <T> void run(Supplier<T> work, Consumer<@Nullable T> then) {
    executor
        .executeBlocking(work::get, false)
        .onComplete(
            done -> {
              if (done.failed()) {
                LOG.error("A token was not signed", done.cause());
              }
              then.accept(done.result());
            });
  }

  /** Ends the threads. */
  public Future<Void> close() {
    return executor.close();
  }
}
