package io.postern.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The short form of the fault suite, for the plain build. */
class ShortFaultsIT {
  private static Stage stage;

  @BeforeAll
  static void start() throws Exception {
    stage = new Stage(Duration.ofSeconds(10), Map.of("POSTERN_DRAIN_DELAY", "PT1S"));
  }

  @AfterAll
  static void stop() throws Exception {
    stage.close();
  }

  @Test
  void postgres_killed() throws Exception {
    stage.fault(
        "PostgreSQL killed",
        () -> {
          stage.postgres().kill();
          stage.letRun(Duration.ofSeconds(1));
        },
        stage::startPostgres);
  }

  @Test
  void connections_reset() throws Exception {
    stage.fault(
        "all connections reset",
        () -> stage.fleet().replicas().forEach(replica -> replica.database().resetAll()),
        () -> {});
  }

  @Test
  void oneReplica_cutOffSilently() throws Exception {
    TcpProxy way = stage.fleet().replica(1).database();
    stage.fault(
        "one replica in a black hole",
        () -> {
          way.mode(TcpProxy.Mode.BLACK_HOLE);
          stage.letRun(Duration.ofSeconds(3));
        },
        () -> way.mode(TcpProxy.Mode.PASS));
  }

  @Test
  void rollingRestart_failsNoRequest() throws Exception {
    assertThat(RollingRestart.run(stage, 3_000).failures()).isEmpty();
  }
}
