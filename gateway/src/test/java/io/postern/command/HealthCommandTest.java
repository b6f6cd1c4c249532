package io.postern.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.postern.testing.TestAuthority;
import io.postern.testing.TestGateway;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
    answer(server, status);
    try {
      Result result = run(host, server.getAddress().getPort(), Map.of());
      assertThat(result.exit).isEqualTo(exit);
      assertThat(result.out).isEqualToNormalizingNewlines("{\"status\":\"as it is\"}\n");
    } finally {
      server.stop(0);
    }
  }

  @Test
  void tls_acceptsTheListenersOwnCertificateAlone(@TempDir Path folder) throws IOException {
    TestAuthority authority = TestAuthority.create();
    Path certificate = folder.resolve("cert.pem");
    Path other = folder.resolve("other.pem");
    TestAuthority.Issued own = authority.issue("EC");
    own.write(certificate, folder.resolve("key.pem"));
    authority.issue("EC").write(other, folder.resolve("other-key.pem"));
    HttpsServer server =
        HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(authority.client(own)));
    answer(server, 200);
    try {
      int port = server.getAddress().getPort();
      String setting = "POSTERN_MANAGEMENT_TLS_CERT_FILE";
      assertThat(run("127.0.0.1", port, Map.of(setting, certificate.toString())).exit).isZero();
      assertThat(run("127.0.0.1", port, Map.of(setting, other.toString())).exit).isEqualTo(1);
      assertThat(run("127.0.0.1", port, Map.of(setting, "/no/such")).exit).isEqualTo(2);
    } finally {
      server.stop(0);
    }
  }

  @Test
  void noAnswer_isNotHealthy() {
    assertThat(run("127.0.0.1", TestGateway.freePort(), Map.of()).exit).isEqualTo(1);
  }

  private record Result(int exit, String out) {}

  private static void answer(HttpServer server, int status) {
    server.createContext(
        "/health/ready",
        exchange -> {
          byte[] body = "{\"status\":\"as it is\"}".getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(status, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  private static Result run(String host, int port, Map<String, String> further) {
    Map<String, String> environment = new HashMap<>(further);
    environment.put("POSTERN_MANAGEMENT_HOST", host);
    environment.put("POSTERN_MANAGEMENT_PORT", "" + port);
    PrintStream standard = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    System.setOut(new PrintStream(out, true, StandardCharsets.UTF_8));
    try {
      int exit = Postern.run(new String[] {"health"}, environment, command -> {});
      return new Result(exit, out.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(standard);
    }
  }
}
