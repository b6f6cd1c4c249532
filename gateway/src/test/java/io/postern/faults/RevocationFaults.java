package io.postern.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Tokens that are revoked while something is broken. */
class RevocationFaults {
  private static final Duration MAX_STALENESS = Duration.ofSeconds(5);
  private static final Duration AWHILE = Duration.ofSeconds(3);

  private static Stage stage;
  private static int made;

  private RevocationLoad load;

  @BeforeAll
  static void start() throws Exception {
    stage = new Stage(MAX_STALENESS, Map.of("POSTERN_DRAIN_DELAY", "PT0.2S"));
  }

  @AfterAll
  static void stop() throws Exception {
    stage.close();
  }

  @BeforeEach
  void load() throws IOException {
    load = new RevocationLoad(stage, "revoked-" + made++);
  }

  private void outage(String what, Checker.Step broken, Checker.Step healed) throws Exception {
    try (RevocationLoad running = load) {
      stage.letRun(AWHILE);
      long before = running.acknowledged();
      assertThat(before).isPositive();
      stage.outage("revocations while " + what, broken, healed);
      stage.letRun(AWHILE);
      long after = running.acknowledged();
      assertThat(after).as("acknowledged again").isGreaterThan(before);
      FaultReport.line("revocations acknowledged: " + after);
    }
    assertThat(stage.checker().findings().takeFaults()).isEmpty();
  }

  @Test
  void postgres_killed() throws Exception {
    outage(
        "PostgreSQL is killed",
        () -> {
          stage.postgres().kill();
          stage.letRun(AWHILE);
        },
        stage::startPostgres);
  }

  @Test
  void postgres_failsOver() throws Exception {
    Standby standby = new Standby(stage, "standby-of-revocations");
    outage(
        "a standby that has all is promoted",
        () ->
            stage
                .checker()
                .withoutWrites(
                    () -> {
                      load.pause();
                      standby.awaitCaughtUp();
                      standby.takeOver();
                    }),
        () -> {
          stage.leadToPrimary();
          load.goOn();
        });
  }

  @Test
  void replica_cutOffUntilItIsTooStale() throws Exception {
    Replica alone = stage.fleet().replica(1);
    outage(
        "a replica is in a black hole until it is too stale",
        () -> {
          alone.database().mode(TcpProxy.Mode.BLACK_HOLE);
          stage.letRun(MAX_STALENESS.plus(AWHILE));
        },
        () -> alone.database().mode(TcpProxy.Mode.PASS));
  }

  @Test
  void replica_killed() throws Exception {
    Replica victim = stage.fleet().replica(2);
    outage(
        "a replica is killed",
        () -> {
          stage.letRun(Duration.ofMillis(ThreadLocalRandom.current().nextInt(500)));
          victim.kill();
          stage.letRun(AWHILE);
        },
        () -> {
          victim.start();
          victim.awaitReady();
        });
  }
}
