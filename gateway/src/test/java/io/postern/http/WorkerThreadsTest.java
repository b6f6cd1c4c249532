package io.postern.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.postern.testing.CapturedLog;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Slow signatures are made elsewhere, and answered where they were asked for. */
class WorkerThreadsTest {
  private final Vertx vertx = Vertx.vertx();
  private WorkerThreads threads;
  private Context eventLoop;

  @BeforeEach
  void start() {
    threads = new WorkerThreads(vertx, 1);
    eventLoop = vertx.getOrCreateContext();
  }

  @AfterEach
  void stop() {
    threads.close().await();
    vertx.close().await();
  }

  /** What came of the work, the thread that did it, and whether the answer came on the loop. */
  private record Done(Object result, boolean onEventLoop) {}

  private Done run(Supplier<?> work) throws Exception {
    CompletableFuture<Done> done = new CompletableFuture<>();
    eventLoop.runOnContext(
        ignored ->
            threads.run(
                work,
                result ->
                    done.complete(new Done(result, eventLoop.equals(Vertx.currentContext())))));
    return done.get(10, TimeUnit.SECONDS);
  }

  @Test
  void run_isDoneElsewhereAndAnsweredOnTheLoop() throws Exception {
    Done done = run(() -> Context.isOnEventLoopThread() ? "on the loop" : "elsewhere");
    assertThat(done).isEqualTo(new Done("elsewhere", true));
  }

  @Test
  void run_leavesTheLoopFree() throws Exception {
    CompletableFuture<String> other = new CompletableFuture<>();
    // the work ends only when the loop has done something else meanwhile
    CompletableFuture<Done> slow = new CompletableFuture<>();
    eventLoop.runOnContext(
        ignored -> threads.run(other::join, result -> slow.complete(new Done(result, true))));
    eventLoop.runOnContext(ignored -> other.complete("the loop was free"));
    assertThat(slow.get(10, TimeUnit.SECONDS).result()).isEqualTo("the loop was free");
  }

  @Test
  void run_ofWorkThatThrows_givesNothingAndTellsTheLog() throws Exception {
    try (CapturedLog log = CapturedLog.of(WorkerThreads.class.getName(), Level.ERROR)) {
      Done done =
          run(
              () -> {
                throw new IllegalStateException("key 1 cannot sign");
              });
      assertThat(done).isEqualTo(new Done(null, true));
      assertThat(log.lines()).singleElement().asString().contains("A token was not signed");
    }
  }
}
