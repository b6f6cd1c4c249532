package io.postern.testing;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.postern.client.AssertionUse;
import io.postern.client.ReplayGuard;
import io.postern.crypto.CryptoProvider;
import io.postern.replay.BatchMeters;
import io.postern.replay.BatchedReplayGuard;
import io.postern.replay.ReplayStore;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Instant;
import java.util.function.Consumer;

/** A replay guard on a store, as a gateway has one. */
public final class RunningGuard implements ReplayGuard, AutoCloseable {
  private final Vertx vertx = Vertx.vertx();
  private final ReplayGuard guard;

  public RunningGuard(ReplayStore store) {
    BatchedReplayGuard batched =
        new BatchedReplayGuard(
            store,
            CryptoProvider.best(),
            Clock.systemUTC(),
            new BatchMeters(new SimpleMeterRegistry(), store));
    vertx.deployVerticle(batched).await();
    this.guard = batched;
  }

  @Override
  public void use(AssertionUse use, Instant now, Consumer<Verdict> answer) {
    guard.use(use, now, answer);
  }

  @Override
  public void close() {
    vertx.close().await();
  }
}
