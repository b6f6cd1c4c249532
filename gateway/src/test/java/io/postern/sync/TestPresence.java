package io.postern.sync;

import io.postern.store.database.Database;
import io.postern.store.replica.ReplicaTable;
import io.vertx.core.Deployable;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import java.time.Clock;
import java.time.Duration;
import java.util.UUID;

/** Presences of gateways that are only a sync. */
final class TestPresence {
  static final Duration MAX_STALENESS = Duration.ofMinutes(5);

  private TestPresence() {}

  static ReplicaPresence of(Database database) {
    return new ReplicaPresence(
        database,
        new ReplicaTable.Identity(
            "r" + UUID.randomUUID(), "test", MAX_STALENESS, Duration.ofMinutes(5)),
        Clock.systemUTC());
  }

  /** Deploys a sync or a presence as a gateway does; its deployment. */
  static String deploy(Vertx vertx, Deployable verticle) {
    return vertx
        .deployVerticle(
            verticle, new DeploymentOptions().setThreadingModel(ThreadingModel.VIRTUAL_THREAD))
        .await();
  }
}
