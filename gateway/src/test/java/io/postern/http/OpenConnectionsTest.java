package io.postern.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.testing.ByteConnection;
import io.postern.testing.ChangedSettings;
import io.postern.testing.TestGateway;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class OpenConnectionsTest {
  private static final String REQUEST = "GET /oauth2/jwks HTTP/1.1\r\nHost: localhost\r\n\r\n";

  @Test
  void connections_pastTheLimit_areClosedUntilOthersAre() {
    try (TestGateway gateway = TestGateway.start(ChangedSettings.maxConnections(2));
        ByteConnection first = ByteConnection.to(gateway)) {
      try (ByteConnection second = ByteConnection.to(gateway)) {
        assertThat(first.exchange(REQUEST).status()).isEqualTo(200);
        assertThat(second.exchange(REQUEST).status()).isEqualTo(200);
        try (ByteConnection third = ByteConnection.to(gateway)) {
          assertThat(third.isClosedByPeer()).isTrue();
        }
        assertThat(first.exchange(REQUEST).status()).isEqualTo(200);
        assertThat(metrics(gateway))
            .contains("postern_http_connections 2.0", "postern_http_connections_refused_total 1.0");
      }
      while (!isAnswered(gateway)) {
        Thread.onSpinWait();
      }
    }
  }

  private static boolean isAnswered(TestGateway gateway) {
    try (ByteConnection next = ByteConnection.to(gateway)) {
      return next.exchange(REQUEST) != null;
    }
  }

  private static String metrics(TestGateway gateway) {
    return gateway.get(gateway.managementUri("/metrics")).body();
  }

  @Test
  void connection_whoseHeadNeverEnds_isClosed_whileOneWithRequestsIsNot() throws Exception {
    Vertx vertx = Vertx.vertx();
    AtomicInteger port = new AtomicInteger();
    vertx.deployVerticle(server(port)).await();
    try (Socket dripping = new Socket(InetAddress.getLoopbackAddress(), port.get());
        Socket busy = new Socket(InetAddress.getLoopbackAddress(), port.get())) {
      OutputStream drip = dripping.getOutputStream();
      drip.write("GET / HTTP/1.1\r\nX: ".getBytes(StandardCharsets.US_ASCII));
      while (!isBroken(drip)) {
        assertThat(exchange(busy)).startsWith("HTTP/1.1 204");
      }
      assertThat(exchange(busy)).startsWith("HTTP/1.1 204");
    } finally {
      vertx.close().await();
    }
  }

  private static VerticleBase server(AtomicInteger port) {
    return new VerticleBase() {
      @Override
      public Future<?> start() {
        OpenConnections connections =
            new OpenConnections(vertx, new Traffic(), 10, Duration.ofMillis(500));
        return vertx
            .createHttpServer()
            .connectionHandler(connections::accept)
            .requestHandler(
                request -> {
                  connections.noteRequest(request.connection());
                  request.response().setStatusCode(204).end();
                })
            .listen(0, "127.0.0.1")
            .onSuccess(server -> port.set(server.actualPort()));
      }
    };
  }

  private static boolean isBroken(OutputStream out) {
    try {
      out.write('x');
      return false;
    } catch (SocketException e) {
      return true;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static String exchange(Socket socket) {
    try {
      socket
          .getOutputStream()
          .write("GET / HTTP/1.1\r\nHost: x\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      StringBuilder head = new StringBuilder();
      while (head.indexOf("\r\n\r\n") < 0) {
        int b = in.read();
        if (b < 0) {
          return "closed";
        }
        head.append((char) b);
      }
      return head.toString();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }
}
