package io.postern.bench.load;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class LoadGeneratorTest {
  private static final String REQUEST = "POST / HTTP/1.1\r\nContent-Length: 0\r\n\r\n";
  private static final Request GOOD = new Request(REQUEST.getBytes(US_ASCII), 200);
  private static final Duration WINDOW = Duration.ofMillis(500);

  private final LoadGenerator generator = new LoadGenerator(2);

  @AfterEach
  void stop() {
    generator.close();
  }

  @Test
  void run_serverThatStops_latencyCountsFromTheIntendedTime() throws Exception {
    // the first answer takes as long as the window: all others were to be sent meanwhile
    try (SlowServer server = new SlowServer(WINDOW.toMillis())) {
      LoadResult result =
          generator.run(
              server.address(),
              Requests.cycled(List.of(GOOD)),
              new LoadGenerator.Plan(1, 100.0, Duration.ZERO, WINDOW));

      assertThat(result.failures()).isZero();
      assertThat(result.latency().getTotalCount()).isEqualTo(50);
      // sent at once one after the other, they would be quick but for the first
      assertThat(result.micros(50)).isGreaterThan(200_000);
      assertThat(result.micros(100)).isGreaterThan(499_000);
    }
  }

  @Test
  void run_requestsThatAreUsedUp_isAFailure() throws Exception {
    try (SlowServer server = new SlowServer(0)) {
      LoadResult result =
          generator.run(
              server.address(),
              Requests.once(List.of(GOOD, GOOD, GOOD)),
              new LoadGenerator.Plan(1, null, Duration.ZERO, WINDOW));

      assertThat(result.failures()).isEqualTo(1);
      assertThat(result.firstFailure()).contains("used up");
      assertThat(result.responses()).isEqualTo(3);
    }
  }

  @Test
  void run_otherStatus_isAFailureThatIsNotMeasured() throws Exception {
    try (SlowServer server = new SlowServer(0)) {
      LoadResult result =
          generator.run(
              server.address(),
              Requests.cycled(List.of(new Request(REQUEST.getBytes(US_ASCII), 401))),
              new LoadGenerator.Plan(1, 100.0, Duration.ZERO, WINDOW));

      assertThat(result.failures()).isEqualTo(50);
      assertThat(result.firstFailure()).contains("status 200 instead of 401");
      assertThat(result.latency().getTotalCount()).isZero();
    }
  }

  @Test
  void isMeasured_onlyWhatIsToBeSentInTheWindow() {
    Schedule schedule =
        Schedule.of(
            new LoadGenerator.Plan(4, 1000.0, Duration.ofMillis(5), Duration.ofSeconds(1)),
            7,
            1,
            2);

    // the second of two loops, so every second request from the second on
    assertThat(schedule.dueAt(0)).isEqualTo(7 + 1_000_000);
    assertThat(schedule.dueAt(3)).isEqualTo(7 + 7_000_000);
    assertThat(schedule.isMeasured(schedule.dueAt(1))).isFalse();
    assertThat(schedule.isMeasured(schedule.dueAt(2))).isTrue();
    assertThat(schedule.isMeasured(schedule.dueAt(501))).isTrue();
    assertThat(schedule.isMeasured(schedule.dueAt(502))).isFalse();
  }

  /** Answers each connection's requests, the first of them late. */
  private static final class SlowServer implements AutoCloseable {
    private final ServerSocket server;
    private final CountDownLatch stopped = new CountDownLatch(1);

    SlowServer(long firstMillis) throws IOException {
      server = new ServerSocket(0, 16, InetAddress.getLoopbackAddress());
      Thread.ofVirtual().start(() -> accept(firstMillis));
    }

    InetSocketAddress address() {
      return (InetSocketAddress) server.getLocalSocketAddress();
    }

    private void accept(long firstMillis) {
      try (Socket socket = server.accept()) {
        socket.setTcpNoDelay(true);
        for (boolean first = true; ; first = false) {
          if (socket.getInputStream().readNBytes(REQUEST.length()).length == 0) {
            return;
          }
          if (first) {
            stopped.await(firstMillis, TimeUnit.MILLISECONDS);
          }
          socket
              .getOutputStream()
              .write("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n".getBytes(US_ASCII));
        }
      } catch (IOException e) {
        // the test is over
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void close() throws IOException {
      stopped.countDown();
      server.close();
    }
  }
}
