package io.postern.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Gateways that end, with warning and without. */
class GatewayFaults {
  private static final int REQUESTS = Integer.getInteger("postern.faults.requests", 100_000);

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

  @Test
  void rollingRestart_failsNoRequest() throws Exception {
    RollingRestart.Result result = RollingRestart.run(stage, REQUESTS);
    assertThat(result.failures()).isEmpty();
    assertThat(result.requests()).isGreaterThanOrEqualTo(REQUESTS);
  }
}
