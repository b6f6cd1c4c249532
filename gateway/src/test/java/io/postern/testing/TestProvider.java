package io.postern.testing;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;

/** A provider's token endpoint that notes what it is asked, and answers as it is told. */
public final class TestProvider implements AutoCloseable {
  /** What the provider was asked. */
  public record Asked(String authorization, String form) {}

  /** How it answers. */
  @FunctionalInterface
  public interface Answer {
    void give(HttpExchange exchange, int number) throws IOException;
  }

  private final HttpServer server;
  private final List<Asked> asked = new CopyOnWriteArrayList<>();
  private final AtomicInteger atOnce = new AtomicInteger();
  private final AtomicInteger mostAtOnce = new AtomicInteger();
  private volatile Answer answer = tokens(3600);

  private TestProvider(HttpServer server) {
    this.server = server;
  }

  /** Starts one on a free port of the loopback. */
  public static TestProvider start() throws IOException {
    HttpServer server =
        HttpServer.create(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), TestGateway.freePort()), 64);
    TestProvider provider = new TestProvider(server);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/token", provider::handle);
    server.start();
    return provider;
  }

  /** Tokens {@code token-1}, {@code token-2} and so on. */
  public static Answer tokens(int lifeSeconds) {
    return (exchange, number) ->
        reply(
            exchange,
            200,
            """
            {"access_token": "token-%d", "token_type": "bearer", "expires_in": %d, "scope": "a b"}
            """
                .formatted(number, lifeSeconds));
  }

  /** The same text each time. */
  public static Answer text(int status, String body) {
    return (exchange, number) -> reply(exchange, status, body);
  }

  /** Answers with a status and a text. */
  public static void reply(HttpExchange exchange, int status, String body) throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
  }

  private void handle(HttpExchange exchange) throws IOException {
    mostAtOnce.accumulateAndGet(atOnce.incrementAndGet(), Math::max);
    try (exchange) {
      String form = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
      asked.add(new Asked(exchange.getRequestHeaders().getFirst("Authorization"), form));
      answer.give(exchange, asked.size());
    } finally {
      atOnce.decrementAndGet();
    }
  }

  public void answer(Answer next) {
    answer = next;
  }

  public URI tokenEndpoint() {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/token");
  }

  /** What it was asked, in order. */
  public List<Asked> asked() {
    return asked;
  }

  /** How many requests were under way at once, at most. */
  public int mostAtOnce() {
    return mostAtOnce.get();
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
