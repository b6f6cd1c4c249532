package io.postern.testing;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;

/** A service on the loopback that the relay calls, in this process but with its own event loop. */
public final class TestTarget implements AutoCloseable {
  private final Vertx vertx = Vertx.vertx();
  private final AtomicInteger connections = new AtomicInteger();
  private final boolean tls;
  private final HttpServer server;

  private TestTarget(HttpServerOptions options, Handler<HttpServerRequest> handler) {
    this.tls = options.isSsl();
    this.server =
        vertx
            .createHttpServer(options.setHost("127.0.0.1").setPort(0))
            .connectionHandler(ignored -> connections.incrementAndGet())
            .requestHandler(handler)
            .listen()
            .await();
  }

  /** Answers by a handler, without TLS. */
  public static TestTarget of(Handler<HttpServerRequest> handler) {
    return of(new HttpServerOptions(), handler);
  }

  /** The same with options of its own. */
  public static TestTarget of(HttpServerOptions options, Handler<HttpServerRequest> handler) {
    return new TestTarget(options, handler);
  }

  /** Answers with what it was asked: method, uri, version, headers (a list each) and body. */
  public static void echo(HttpServerRequest request) {
    JsonObject headers = new JsonObject();
    request
        .headers()
        .forEach(
            (name, value) -> {
              String small = name.toLowerCase(Locale.ROOT);
              headers.put(small, headers.getJsonArray(small, new JsonArray()).add(value));
            });
    request
        .body()
        .onSuccess(
            body ->
                request
                    .response()
                    .putHeader("content-type", "application/json")
                    .end(
                        new JsonObject()
                            .put("method", request.method().name())
                            .put("uri", request.uri())
                            .put("version", request.version().name())
                            .put("authority", String.valueOf(request.authority()))
                            .put("headers", headers)
                            .put("body", body.toString())
                            .toBuffer()));
  }

  /** Its base URL. */
  public String url() {
    return url("127.0.0.1");
  }

  /** Its base URL by another name of this machine. */
  public String url(String host) {
    return (tls ? "https://" : "http://") + host + ":" + server.actualPort();
  }

  /** How many connections there have been. */
  public int connections() {
    return connections.get();
  }

  @Override
  public void close() {
    vertx.close().await();
  }
}
