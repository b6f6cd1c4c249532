package io.postern.sync;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.postern.testing.CapturedLog;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PeriodicTaskTest {
  private static final Duration OFTEN = Duration.ofMillis(5);

  /** Waiting for a future throws what it failed with, and no compiler sees it. */
  @Test
  void checkedException_isToldByItsName_andTheWorkIsDoneAgain() throws Exception {
    try (CapturedLog own = CapturedLog.of("io.postern.sync.PeriodicTask", Level.INFO);
        CapturedLog library = CapturedLog.of("io.vertx", Level.WARN)) {
      run(() -> Future.failedFuture(new IOException("broken")).await());

      assertThat(own.lines()).first().asString().contains("The work failed", "IOException: broken");
      assertThat(library.lines()).isEmpty();
    }
  }

  /** Until the work has been begun three times. */
  private static void run(Runnable work) throws Exception {
    CountDownLatch runs = new CountDownLatch(3);
    Vertx vertx = Vertx.vertx();
    try {
      PeriodicTask task =
          new PeriodicTask(
              "The work",
              OFTEN,
              () -> {
                runs.countDown();
                work.run();
              });
      vertx
          .deployVerticle(
              task, new DeploymentOptions().setThreadingModel(ThreadingModel.VIRTUAL_THREAD))
          .await();
      assertThat(runs.await(20, TimeUnit.SECONDS)).isTrue();
    } finally {
      vertx.close().await();
    }
  }
}
