package io.postern.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Gateways that end, with warning and without. */
class GatewayFaults {
  private static final int REQUESTS = Integer.getInteger("postern.faults.requests", 100_000);

  private static final Duration PATIENCE = Duration.ofSeconds(25);

  private static Stage stage;

  @BeforeAll
  static void start() throws Exception {
    stage = new Stage(Duration.ofSeconds(30), Map.of("POSTERN_DRAIN_DELAY", "PT1S"));
  }

  @AfterAll
  static void stop() throws Exception {
    stage.close();
  }

  @Test
  void gateway_killedAtAnyMoment() throws Exception {
    for (int round = 0; round < 6; round++) {
      Replica victim = stage.fleet().replica(round % 3);
      stage.outage(
          victim.name() + " killed under writes",
          () -> {
            stage.letRun(Duration.ofMillis(ThreadLocalRandom.current().nextInt(500)));
            victim.kill();
            stage.letRun(Duration.ofMillis(500));
          },
          () -> {
            victim.start();
            victim.awaitReady();
          });
    }
  }

  /** It holds the lock of all writers, and says nothing more. */
  @Test
  void gateway_pausedInTheMiddleOfAWrite_isNotWaitedFor() throws Exception {
    Replica paused = stage.fleet().replica(1);
    Model.Agent agent = new Registration(paused).agent("renamed", true, List.of());
    stage.outage(
        "a replica paused in the middle of a write",
        () -> {
          pauseInAWriteOf(agent, paused);
          long deadline = System.nanoTime() + PATIENCE.toNanos();
          while (!canBeRenamed(agent, stage.fleet().replica(0))) {
            assertThat(System.nanoTime()).as("the other writes").isLessThan(deadline);
          }
        },
        paused::resume);
  }

  private static void pauseInAWriteOf(Model.Agent agent, Replica replica) throws Exception {
    try (Connection holder = stage.database();
        Statement hold = holder.createStatement();
        Connection onlooker = stage.database();
        Statement look = onlooker.createStatement()) {
      holder.setAutoCommit(false);
      hold.execute(
          "select from application where id = '%s' for update".formatted(agent.clientId()));
      Thread.startVirtualThread(() -> canBeRenamed(agent, replica));
      String waiting =
          "select 1 from pg_stat_activity where wait_event_type = 'Lock'"
              + " and query like '%update application%'";
      long deadline = System.nanoTime() + PATIENCE.toNanos();
      while (!look.executeQuery(waiting).next()) {
        assertThat(System.nanoTime()).as("the write waits").isLessThan(deadline);
        stage.letRun(Duration.ofMillis(10));
      }
      replica.pause();
      holder.rollback();
    }
  }

  private static boolean canBeRenamed(Model.Agent agent, Replica replica) {
    try {
      AdminClient admin = new AdminClient();
      admin.authenticate(replica);
      HttpLine.Answer answer =
          admin.send(replica, "PATCH", "/agents/" + agent.clientId(), "{\"name\": \"Renamed\"}");
      return answer.status() == 200;
    } catch (IOException e) {
      return false;
    }
  }

  @Test
  void rollingRestart_failsNoRequest() throws Exception {
    RollingRestart.Result result = RollingRestart.run(stage, REQUESTS);
    assertThat(result.failures()).isEmpty();
    assertThat(result.requests()).isGreaterThanOrEqualTo(REQUESTS);
  }
}
