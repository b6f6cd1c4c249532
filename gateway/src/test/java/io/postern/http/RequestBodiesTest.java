package io.postern.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class RequestBodiesTest {
  private final AtomicInteger port = new AtomicInteger();
  private final AtomicInteger begun = new AtomicInteger();

  @Test
  void bodies_thatHoldTooMuch_theOneThatTakesLongestIsRefused() throws Exception {
    Vertx vertx = Vertx.vertx();
    vertx.deployVerticle(server()).await();
    try (Socket first = begin(60);
        Socket second = begin(60)) {
      assertThat(statusOf(first)).isEqualTo("408");
      write(second, "x");
      assertThat(statusOf(second)).isEqualTo("204");
      // what they held is free again
      try (Socket third = begin(90)) {
        write(third, "x");
        assertThat(statusOf(third)).isEqualTo("204");
      }
    } finally {
      vertx.close().await();
    }
  }

  private VerticleBase server() {
    return new VerticleBase() {
      @Override
      public Future<?> start() {
        RequestBodies bodies =
            new RequestBodies(vertx, 100, 100, Duration.ofMinutes(1), () -> false);
        return vertx
            .createHttpServer()
            .requestHandler(
                request -> {
                  bodies.read(
                      request,
                      body -> request.response().setStatusCode(204).end(),
                      status -> request.response().setStatusCode(status).end());
                  begun.incrementAndGet();
                })
            .listen(0, "127.0.0.1")
            .onSuccess(server -> port.set(server.actualPort()));
      }
    };
  }

  /** Sends all of a body but its last byte; returns when its head was read. */
  private Socket begin(int bytes) throws IOException {
    int before = begun.get();
    Socket socket = new Socket(InetAddress.getLoopbackAddress(), port.get());
    String head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: " + bytes + "\r\n\r\n";
    write(socket, head + "x".repeat(bytes - 1));
    while (begun.get() == before) {
      Thread.onSpinWait();
    }
    return socket;
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
  }

  private static String statusOf(Socket socket) throws IOException {
    InputStream in = socket.getInputStream();
    return new String(in.readNBytes(12), StandardCharsets.US_ASCII).substring(9);
  }
}
