package io.postern;

import io.postern.client.InMemoryReplayGuard;
import io.postern.client.ReplayGuard;
import io.postern.replay.AssertionSettings;
import io.postern.replay.BatchMeters;
import io.postern.replay.BatchedReplayGuard;
import io.postern.replay.CountedReplayGuard;
import io.postern.replay.RedisReplayStore;
import io.postern.replay.ReplayMemory;
import io.postern.replay.ReplayStore;
import io.postern.store.use.AssertionWindows;
import io.postern.store.use.PostgresReplayStore;
import io.vertx.core.DeploymentOptions;
import java.time.Duration;

/** What sees to it that a client assertion is used once. */
final class ReplaySide {
  private static final Duration WINDOWS_LOOKED_AT_EVERY = Duration.ofSeconds(10);

  private ReplaySide() {}

  /** Starts the guard that the settings ask for. */
  static ReplayGuard start(Foundation base) {
    AssertionSettings assertions = base.settings().assertions();
    return switch (assertions.memory()) {
      case ReplayMemory.InProcess process ->
          new CountedReplayGuard(
              new InMemoryReplayGuard(base.crypto(), process.capacity()),
              "memory",
              base.metrics().meters());
      case ReplayMemory.Redis redis -> start(base, new RedisReplayStore(redis.server()));
      case ReplayMemory.Postgresql ignored -> {
        Duration longestLife = assertions.maxAge().plus(assertions.clockSkew().multipliedBy(2));
        base.parts()
            .repeat(
                "The turn of the used assertions' tables",
                WINDOWS_LOOKED_AT_EVERY,
                new AssertionWindows(base.connections(), longestLife)::rotate);
        yield start(
            base,
            new PostgresReplayStore(base.settings().database(), BatchedReplayGuard.BATCH_TIMEOUT));
      }
    };
  }

  private static ReplayGuard start(Foundation base, ReplayStore store) {
    BatchedReplayGuard guard =
        new BatchedReplayGuard(
            store, base.crypto(), base.clock(), new BatchMeters(base.metrics().meters(), store));
    base.parts().deploy(() -> guard, new DeploymentOptions());
    return new CountedReplayGuard(guard, store.name(), base.metrics().meters());
  }
}
