package io.postern.bench.relay;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.PoolOptions;
import io.vertx.httpproxy.HttpProxy;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;

/**
 * What do the checks of the relay and of obtain cost? Throughput and p99 of a closed loop, in
 * alternating rounds of one run: the relay beside a bare {@code vertx-http-proxy} that checks
 * nothing, with bodies of 1 kB both ways and with streams of {@value #EVENTS} small events, whose
 * tokens the relay counts; obtain beside a bare handler that opens one sealed value and answers
 * static bytes. Each server has one event loop; the target and the load are in this process too,
 * and take their share of the cores.
 *
 * <pre>
 * java --enable-native-access=ALL-UNNAMED --sun-misc-unsafe-memory-access=allow
 *   -cp bench/target/benchmarks.jar io.postern.bench.relay.RelayBenchmark 4
 * </pre>
 */
public final class RelayBenchmark {
  private static final int LANES = 32;
  private static final int EVENTS = 200;
  private static final int BODY = 1024;
  private static final double DEFAULT_SECONDS = 4;

  private static final Buffer PLAIN = Buffer.buffer("{\"text\":\"" + "x".repeat(BODY - 11) + "\"}");
  private static final Buffer EVENT =
      Buffer.buffer("data: {\"choices\":[{\"delta\":{\"content\":\" word\"}}],\"usage\":null}\n\n");

  private final Lanes lanes = new Lanes(LANES);
  private final Pairs pairs;

  private RelayBenchmark(double seconds) {
    this.pairs = new Pairs(lanes, seconds);
  }

  /**
   * Prints a table row for each pair.
   *
   * @param args seconds of each window, or nothing for 4
   */
  public static void main(String[] args) throws Exception {
    new RelayBenchmark(args.length == 0 ? DEFAULT_SECONDS : Double.parseDouble(args[0])).run();
    System.exit(0);
  }

  private void run() throws InterruptedException, IOException {
    Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
    try (LoopServer target = new LoopServer(own -> request -> answer(own, request));
        LoopServer proxy = new LoopServer(own -> proxy(own, target.port()))) {
      VaultFixture vault = new VaultFixture(target.port());
      int port = freePort();
      vertx.deployVerticle(vault.listener(port)).await();
      String token = vault.token();
      String relayed = "/relay/" + VaultFixture.IDENTIFIER;
      pairs.begin();
      pairs.compare(
          "relay, 1 kB",
          Lanes.Ask.withToken(port, relayed + "/plain", token, PLAIN, PLAIN.length()),
          Lanes.Ask.withToken(proxy.port(), "/plain", token, PLAIN, PLAIN.length()));
      pairs.compare(
          "relay, " + EVENTS + " events",
          Lanes.Ask.withToken(port, relayed + "/events", token, null, EVENTS * EVENT.length()),
          Lanes.Ask.withToken(proxy.port(), "/events", token, null, EVENTS * EVENT.length()));
      String obtained =
          "{\"identifier\":\"%s\",\"kind\":\"api_key\",\"value\":\"%s\"}"
              .formatted(VaultFixture.IDENTIFIER, VaultFixture.VALUE);
      Buffer answer = Buffer.buffer(obtained);
      try (LoopServer opening = new LoopServer(ignored -> opening(vault, answer))) {
        pairs.compare(
            "obtain",
            Lanes.Ask.withToken(
                port,
                "/vault/v1/credentials/" + VaultFixture.IDENTIFIER,
                token,
                null,
                answer.length()),
            Lanes.Ask.withToken(opening.port(), "/", token, null, answer.length()));
      }
    } finally {
      lanes.close();
      vertx.close().await();
    }
  }

  private static void answer(Vertx vertx, HttpServerRequest request) {
    HttpServerResponse response = request.response();
    if ("/events".equals(request.path())) {
      response.setChunked(true).putHeader("content-type", "text/event-stream");
      sendEvent(vertx, response, 0);
    } else {
      response.putHeader("content-type", "application/json");
      request.bodyHandler(ignored -> response.end(PLAIN));
    }
  }

  // each in a packet of its own
  private static void sendEvent(Vertx vertx, HttpServerResponse response, int sent) {
    if (sent == EVENTS) {
      response.end();
    } else {
      response.write(EVENT);
      vertx.runOnContext(ignored -> sendEvent(vertx, response, sent + 1));
    }
  }

  private static Handler<HttpServerRequest> proxy(Vertx vertx, int targetPort) {
    // as many connections as the relay has
    PoolOptions pool = new PoolOptions().setHttp1MaxSize(256);
    return HttpProxy.reverseProxy(vertx.createHttpClient(pool)).origin(targetPort, "127.0.0.1");
  }

  private static Handler<HttpServerRequest> opening(VaultFixture vault, Buffer answer) {
    return request -> {
      byte[] value = vault.keys().open(vault.value().sealed(), VaultFixture.CONTEXT);
      request
          .response()
          .setStatusCode(value == null ? 500 : 200)
          .putHeader("content-type", "application/json")
          .putHeader("cache-control", "no-store")
          .end(answer);
    };
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
