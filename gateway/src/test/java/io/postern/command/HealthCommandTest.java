package io.postern.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.postern.testing.TestGateway;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** {@code postern health} against a listener that says what the test wants. */
class HealthCommandTest {
  @ParameterizedTest
  @CsvSource({"200, 127.0.0.1, 0", "200, 0.0.0.0, 0", "503, 127.0.0.1, 1", "404, 0.0.0.0, 1"})
  void answer_isPrinted_andItsStatusIsTheExitStatus(int status, String host, int exit)
      throws IOException {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext(
        "/health/ready",
        exchange -> {
          byte[] body = "{\"status\":\"as it is\"}".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
    try {
      Result result = run(host, server.getAddress().getPort());
      assertThat(result.exit).isEqualTo(exit);
      assertThat(result.out).isEqualToNormalizingNewlines("{\"status\":\"as it is\"}\n");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void noAnswer_isNotHealthy() {
    assertThat(run("127.0.0.1", TestGateway.freePort()).exit).isEqualTo(1);
  }

  private record Result(int exit, String out) {}

  private static Result run(String host, int port) {
    PrintStream standard = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      int exit =
          Postern.run(
              new String[] {"health"},
              Map.of("POSTERN_MANAGEMENT_HOST", host, "POSTERN_MANAGEMENT_PORT", "" + port));
      return new Result(exit, out.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(standard);
    }
  }
}
