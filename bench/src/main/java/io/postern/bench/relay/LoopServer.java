package io.postern.bench.relay;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.tracing.TracingPolicy;
import java.util.function.Function;

/** A server of its own event loop on the loopback, which answers by one handler. */
final class LoopServer implements AutoCloseable {
  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
  private final int port;

  /**
   * @param handler is made on the event loop
   */
  LoopServer(Function<Vertx, Handler<HttpServerRequest>> handler) {
    HttpServer server =
        vertx
            .createHttpServer(
                new HttpServerOptions()
                    .setHost("127.0.0.1")
                    .setPort(0)
                    .setTracingPolicy(TracingPolicy.IGNORE)
                    // as Postern's listener
                    .setPerMessageWebSocketCompressionSupported(false)
                    .setPerFrameWebSocketCompressionSupported(false))
            .requestHandler(handler.apply(vertx));
    this.port = server.listen().await().actualPort();
  }

  int port() {
    return port;
  }

  @Override
  public void close() {
    vertx.close().await();
  }
}
