package io.postern.bench.relay;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.function.Supplier;

/**
 * What does introspection cost beside the verification of one signature? Throughput and p99 of a
 * closed loop, in alternating rounds of one run, for a service that authenticates with a secret:
 *
 * <ul>
 *   <li>each request about another of {@value #TOKENS} tokens, more than are remembered, so that
 *       each signature is verified; beside a bare handler that takes the body, verifies one ES256
 *       signature and answers static bytes;
 *   <li>all requests about one token, which is remembered; beside a bare handler that takes the
 *       body and answers static bytes.
 * </ul>
 *
 * Each server has one event loop; the load is in this process too, and takes its share of the
 * cores.
 *
 * <pre>
 * java --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow
 *   -cp bench/target/benchmarks.jar io.postern.bench.relay.IntrospectionBenchmark 4
 * </pre>
 */
public final class IntrospectionBenchmark {
  private static final int LANES = 32;
  private static final int TOKENS = 20_000;
  private static final double DEFAULT_SECONDS = 4;
  private static final String FORM = "application/x-www-form-urlencoded";

  private final Lanes lanes = new Lanes(LANES);
  private final Pairs pairs;

  private IntrospectionBenchmark(double seconds) {
    this.pairs = new Pairs(lanes, seconds);
  }

  /**
   * Prints a table row for each pair.
   *
   * @param args seconds of each window, or nothing for 4
   */
  public static void main(String[] args) throws Exception {
    new IntrospectionBenchmark(args.length == 0 ? DEFAULT_SECONDS : Double.parseDouble(args[0]))
        .run();
    System.exit(0);
  }

  private void run() throws InterruptedException, IOException {
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    IntrospectionFixture fixture = new IntrospectionFixture();
    List<Buffer> bodies =
        fixture.tokens(TOKENS).stream().map(token -> Buffer.buffer("token=" + token)).toList();
    Buffer answer = Buffer.buffer(fixture.answer());
    int port = freePort();
    vertx.deployVerticle(fixture.listener(port)).await();
    try (LoopServer verifying = new LoopServer(ignored -> verifying(fixture, answer));
        LoopServer plain = new LoopServer(ignored -> plain(answer))) {
      pairs.begin();
      pairs.compare(
          "introspection, another token each time",
          ask(port, IntrospectionFixture.PATH, new InTurn(bodies), answer),
          ask(verifying.port(), "/", new InTurn(bodies), answer));
      pairs.compare(
          "introspection, one token, remembered",
          ask(port, IntrospectionFixture.PATH, bodies::getFirst, answer),
          ask(plain.port(), "/", bodies::getFirst, answer));
    } finally {
      lanes.close();
      vertx.close().await();
    }
  }

  private static Lanes.Ask ask(int port, String path, Supplier<Buffer> bodies, Buffer answer) {
    String pair = IntrospectionFixture.SERVICE + ":" + IntrospectionFixture.SECRET;
    return new Lanes.Ask(
        port,
        path,
        "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.US_ASCII)),
        FORM,
        bodies,
        answer.length());
  }

  /** One body after the other, and again; for the load's one thread. */
  private static final class InTurn implements Supplier<Buffer> {
    private final List<Buffer> bodies;
    private int next;

    InTurn(List<Buffer> bodies) {
      this.bodies = bodies;
    }

    @Override
    public Buffer get() {
      next = next + 1 == bodies.size() ? 0 : next + 1;
      return bodies.get(next);
    }
  }

  private static Handler<HttpServerRequest> verifying(IntrospectionFixture fixture, Buffer answer) {
    Supplier<Boolean> verification = fixture.verification();
    return request ->
        request.bodyHandler(ignored -> answer(request, verification.get() ? 200 : 500, answer));
  }

  private static Handler<HttpServerRequest> plain(Buffer answer) {
    return request -> request.bodyHandler(ignored -> answer(request, 200, answer));
  }

  private static void answer(HttpServerRequest request, int status, Buffer answer) {
    request
        .response()
        .setStatusCode(status)
        .putHeader("content-type", "application/json")
        .putHeader("cache-control", "no-store")
        .end(answer);
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
