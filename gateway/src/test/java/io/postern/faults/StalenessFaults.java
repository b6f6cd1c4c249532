package io.postern.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Gateways that are without their database for longer than they may go on. */
class StalenessFaults {
  private static final Duration MAX_STALENESS = Duration.ofSeconds(5);
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration POLL = Duration.ofMillis(20);

  private static Stage stage;

  @BeforeAll
  static void start() throws Exception {
    stage = new Stage(MAX_STALENESS, Map.of());
  }

  @AfterAll
  static void stop() throws Exception {
    stage.close();
  }

  @Test
  void database_awayForTooLong() throws Exception {
    stage.outage(
        "PostgreSQL away for longer than a gateway may go on",
        () -> {
          stage.postgres().kill();
          for (Replica replica : stage.fleet().replicas()) {
            await(() -> !replica.isReady());
            long before = stage.unavailable(replica);
            await(() -> stage.unavailable(replica) > before);
            assertUnavailable(replica);
            assertWritesNothing(replica);
          }
        },
        stage::startPostgres);
  }

  @Test
  void oneReplica_cutOffForTooLong() throws Exception {
    Replica alone = stage.fleet().replica(0);
    List<Replica> others = stage.fleet().replicas().subList(1, 3);
    long before = others.stream().mapToLong(stage::unavailable).sum();
    stage.outage(
        "one replica in a black hole for longer than it may go on",
        () -> {
          alone.database().mode(TcpProxy.Mode.BLACK_HOLE);
          await(() -> !alone.isReady());
          assertUnavailable(alone);
        },
        () -> alone.database().mode(TcpProxy.Mode.PASS));
    assertThat(others.stream().mapToLong(stage::unavailable).sum()).isEqualTo(before);
  }

  /** Paused with an image by which it may no longer issue when it goes on. */
  @Test
  void oneReplica_pausedForTooLong() throws Exception {
    Replica paused = stage.fleet().replica(2);
    stage.outage(
        "one replica paused for longer than it may go on",
        () -> {
          paused.pause();
          stage.letRun(MAX_STALENESS.plusSeconds(3));
          // sent after all that was revoked meanwhile, and waiting for it when it wakes up
          List<Future<?>> waiting = new ArrayList<>();
          ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor();
          for (int i = 0; i < 40; i++) {
            waiting.add(senders.submit(() -> stage.checker().ask(paused)));
          }
          stage.letRun(Duration.ofMillis(200));
          paused.resume();
          for (Future<?> answer : waiting) {
            answer.get();
          }
          senders.close();
        },
        () -> {});
  }

  private static void assertUnavailable(Replica replica) throws IOException {
    HttpLine.Answer answer = stage.landmark().ask(replica);
    assertThat(answer.status()).isEqualTo(503);
    assertThat(answer.headers()).containsKey("retry-after");
    assertThat(new JsonObject(answer.body()).getString("error"))
        .isEqualTo("temporarily_unavailable");
  }

  /** The checker's writers try all the while; that nothing came of it is told by its audit. */
  private static void assertWritesNothing(Replica replica) {
    long before = stage.checker().findings().counted("not written " + replica.name());
    await(() -> stage.checker().findings().counted("not written " + replica.name()) > before);
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      LockSupport.parkNanos(POLL.toNanos());
    }
  }
}
