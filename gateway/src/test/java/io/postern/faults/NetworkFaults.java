package io.postern.faults;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What may become of the network between gateways and database. */
class NetworkFaults {
  private static Stage stage;

  @BeforeAll
  static void start() throws Exception {
    stage = new Stage(Duration.ofSeconds(30), Map.of());
  }

  @AfterAll
  static void stop() throws Exception {
    stage.close();
  }

  @Test
  void connections_reset() throws Exception {
    stage.fault(
        "all connections reset, ten times",
        () -> {
          for (int i = 0; i < 10; i++) {
            ways(TcpProxy::resetAll);
            stage.letRun(Duration.ofMillis(300));
          }
        },
        () -> {});
  }

  @Test
  void connections_refused() throws Exception {
    stage.fault(
        "all connections refused for five seconds",
        () -> {
          ways(TcpProxy::cut);
          stage.letRun(Duration.ofSeconds(5));
        },
        () -> ways(way -> way.mode(TcpProxy.Mode.PASS)));
  }

  @Test
  void blackHole_ofOne() throws Exception {
    TcpProxy way = stage.fleet().replica(1).database();
    stage.fault(
        "one replica in a black hole for twelve seconds",
        () -> {
          way.mode(TcpProxy.Mode.BLACK_HOLE);
          stage.letRun(Duration.ofSeconds(12));
        },
        () -> way.mode(TcpProxy.Mode.PASS));
  }

  @Test
  void blackHole_ofAll() throws Exception {
    stage.fault(
        "all replicas in a black hole for twelve seconds",
        () -> {
          ways(way -> way.mode(TcpProxy.Mode.BLACK_HOLE));
          stage.letRun(Duration.ofSeconds(12));
        },
        () -> ways(way -> way.mode(TcpProxy.Mode.PASS)));
  }

  @Test
  void slowLink() throws Exception {
    stage.fault(
        "each packet 150 ms late for ten seconds",
        () -> {
          ways(way -> way.delay(Duration.ofMillis(150)));
          stage.letRun(Duration.ofSeconds(10));
        },
        () -> ways(way -> way.delay(Duration.ZERO)));
  }

  private static void ways(Consumer<TcpProxy> change) {
    List<Replica> replicas = stage.fleet().replicas();
    replicas.forEach(replica -> change.accept(replica.database()));
  }
}
