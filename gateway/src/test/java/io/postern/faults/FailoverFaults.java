package io.postern.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Failovers that gateways find by themselves: both hosts stand in their URL, and nothing leads them
 * from one to the other.
 */
class FailoverFaults {
  /** The skew of clocks that is allowed, twice, and some. */
  private static final Duration MEMORY = Duration.ofSeconds(40);

  private static Stage stage;
  private static SameAssertion assertions;

  /** The host of the URL that is the primary. */
  private static int primary;

  @BeforeAll
  static void start() throws Exception {
    stage = new Stage(Duration.ofSeconds(30), 2, Map.of());
    assertions = new SameAssertion(stage);
  }

  @AfterAll
  static void stop() throws Exception {
    stage.close();
  }

  @Test
  void primary_killed_standbyIsPromoted() throws Exception {
    failover("the primary is killed, the standby promoted", TcpProxy.Mode.PASS);
  }

  @Test
  void primary_goneWithoutAWord_standbyIsPromoted() throws Exception {
    failover("the primary says nothing any more, the standby promoted", TcpProxy.Mode.BLACK_HOLE);
  }

  private static void failover(String what, TcpProxy.Mode wayToTheDead) throws Exception {
    int before = primary;
    int after = 1 - primary;
    Standby standby = new Standby(stage, "host-" + after + "-" + wayToTheDead);
    stage.fleet().replicas().forEach(replica -> replica.way(after).target(standby.port()));
    stage.fleet().replicas().forEach(replica -> replica.way(after).resetAll());
    stage.fault(
        what,
        () ->
            stage
                .checker()
                .withoutWrites(
                    () -> {
                      standby.awaitCaughtUp();
                      stage
                          .fleet()
                          .replicas()
                          .forEach(replica -> replica.way(before).mode(wayToTheDead));
                      standby.takeOver();
                    }),
        () -> {});
    awaitAssertions();
    assertThat(assertions.send(100)).containsOnlyKeys("[200, 401, 401]");
    stage.fleet().replicas().forEach(replica -> replica.way(before).mode(TcpProxy.Mode.PASS));
    primary = after;
  }

  /**
   * A standby that takes over has no memory of used assertions: those that may have been used
   * before get 503, until every assertion is younger.
   */
  private static void awaitAssertions() throws Exception {
    long deadline = System.nanoTime() + MEMORY.toNanos();
    String outcome;
    do {
      outcome = assertions.send(1).keySet().iterator().next();
      assertThat(outcome).matches("\\[(200, )?(401|503), (401|503)(, (401|503))?]");
      assertThat(System.nanoTime()).as(outcome).isLessThan(deadline);
    } while (!outcome.equals("[200, 401, 401]"));
  }
}
