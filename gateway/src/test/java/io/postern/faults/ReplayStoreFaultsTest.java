package io.postern.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.client.AssertionUse;
import io.postern.client.ReplayGuard.Verdict;
import io.postern.replay.BatchedReplayGuard;
import io.postern.store.database.Database;
import io.postern.store.database.Schema;
import io.postern.store.use.PostgresReplayStore;
import io.postern.testing.RunningGuard;
import io.postern.testing.TestPostgres;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A replay guard whose store is behind a network that breaks. */
class ReplayStoreFaultsTest {
  private static final Duration LONGEST_ANSWER = Duration.ofSeconds(4);
  private static final Duration SOON = Duration.ofSeconds(15);

  private TcpProxy proxy;
  private RunningGuard guard;

  @BeforeEach
  void start() {
    String url = TestPostgres.newDatabase();
    new Schema(Database.parse(url)).migrate();
    int port = URI.create(url).getPort();
    proxy = new TcpProxy(port);
    Database behindProxy = Database.parse(url.replace(":" + port + "/", ":" + proxy.port() + "/"));
    guard =
        new RunningGuard(new PostgresReplayStore(behindProxy, BatchedReplayGuard.BATCH_TIMEOUT));
    assertThat(present().join()).isEqualTo(Verdict.FIRST_USE);
  }

  @AfterEach
  void stop() {
    guard.close();
    proxy.close();
  }

  @ParameterizedTest
  @EnumSource(
      value = TcpProxy.Mode.class,
      names = {"REFUSE", "BLACK_HOLE"})
  void store_outOfReach_isToldInTime_andFoundAgain(TcpProxy.Mode mode) {
    proxy.mode(mode);
    if (mode == TcpProxy.Mode.REFUSE) {
      proxy.resetAll();
    }
    // many at once: what waits for the next batch is answered too
    List<CompletableFuture<Verdict>> verdicts = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      verdicts.add(present());
    }
    assertThat(verdicts)
        .allSatisfy(verdict -> assertThat(verdict.join()).isEqualTo(Verdict.UNAVAILABLE));
    // known now: at once
    assertThat(present().getNow(null)).isEqualTo(Verdict.UNAVAILABLE);

    proxy.mode(TcpProxy.Mode.PASS);

    awaitFirstUse();
  }

  @Test
  void uses_thatGatherBehindASlowBatch_areAllAnswered() {
    proxy.delay(Duration.ofMillis(50));
    List<CompletableFuture<Verdict>> verdicts = new ArrayList<>();
    for (int i = 0; i < 12_000; i++) {
      verdicts.add(present());
    }
    int first = 0;
    for (CompletableFuture<Verdict> verdict : verdicts) {
      switch (verdict.join()) {
        case FIRST_USE -> first++;
        case REPLAYED -> throw new AssertionError("each is another");
        // the queue is bounded
        case UNAVAILABLE -> {}
      }
    }
    assertThat(first).isPositive();
    awaitFirstUse();
  }

  private void awaitFirstUse() {
    long deadline = System.nanoTime() + SOON.toNanos();
    while (present().join() != Verdict.FIRST_USE) {
      assertThat(System.nanoTime()).as("the deadline").isLessThan(deadline);
      Thread.onSpinWait();
    }
  }

  private CompletableFuture<Verdict> present() {
    AssertionUse use =
        new AssertionUse(
            "agent",
            UUID.randomUUID().toString(),
            Instant.now().plusSeconds(60),
            Instant.now().plusSeconds(3600));
    CompletableFuture<Verdict> verdict = new CompletableFuture<>();
    guard.use(
        use,
        Instant.now(),
        answer -> {
          if (!verdict.complete(answer)) {
            throw new IllegalStateException("answered twice");
          }
        });
    return verdict.orTimeout(LONGEST_ANSWER.toMillis(), TimeUnit.MILLISECONDS);
  }
}
