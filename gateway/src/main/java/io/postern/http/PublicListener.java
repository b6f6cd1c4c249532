package io.postern.http;

import io.postern.http.ListenerSettings.Address;
import io.postern.tls.ServerTls;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.tracing.TracingPolicy;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Binds the public endpoints. An event-loop verticle; all instances share one port. */
public final class PublicListener extends VerticleBase {
  private static final int MAX_HEADER_BYTES = 16 * 1024;
  private static final int MAX_REQUEST_LINE_BYTES = 8 * 1024;
  // of one connection at a time; RFC 9113 §6.5.2 advises against fewer
  private static final int MAX_STREAMS = 100;
  private static final Duration IDLE = Duration.ofSeconds(75);
  private static final Duration BEYOND_SILENCE = Duration.ofSeconds(15);

  private final Address address;
  private final int maxConnections;
  private final Duration drainTimeout;
  private final @Nullable ServerTls tls;
  private final Traffic traffic;
  private final BooleanSupplier draining;
  private final @Nullable AccessLog accessLog;
  private final Endpoints endpoints;
  private final Duration writeIdle;
  private @Nullable HttpServer server;
  private @Nullable OpenConnections connections;

  /** Makes what answers on one event loop. */
  @FunctionalInterface
  public interface Endpoints {
    /**
     * What answers on the event loop of this context.
     *
     * @param context the event loop's, on which this is called
     * @param connections of that event loop
     */
    PublicRoutes on(Context context, OpenConnections connections);
  }

  /**
   * @param tls of all instances, or null for plain HTTP
   * @param traffic of all instances
   * @param draining whether clients are to open their next connection elsewhere
   * @param accessLog told of each request, or null
   * @param longestSilence how long an answer may be without a byte
   */
  public PublicListener(
      ListenerSettings settings,
      @Nullable ServerTls tls,
      Traffic traffic,
      BooleanSupplier draining,
      @Nullable AccessLog accessLog,
      Duration longestSilence,
      Endpoints endpoints) {
    this.address = settings.http();
    this.maxConnections = settings.maxConnections();
    this.drainTimeout = settings.drain().timeout();
    this.tls = tls;
    this.traffic = traffic;
    this.draining = draining;
    this.accessLog = accessLog;
    this.endpoints = endpoints;
    Duration beyond = longestSilence.plus(BEYOND_SILENCE);
    this.writeIdle = beyond.compareTo(IDLE) > 0 ? beyond : IDLE;
  }

  @Override
  public Future<?> start() {
    OpenConnections open = new OpenConnections(vertx, traffic, maxConnections, IDLE);
    connections = open;
    PublicRoutes routes = endpoints.on(context, open);
    HttpServer listening =
        vertx
            .createHttpServer(options())
            .connectionHandler(
                connection -> {
                  RequestFraming.watch(connection);
                  open.accept(connection);
                })
            .requestHandler(
                request -> {
                  open.noteRequest(request.connection());
                  if (accessLog != null) {
                    accessLog.watch(request);
                  }
                  if (draining.getAsBoolean()) {
                    open.sendElsewhere(request);
                  }
                  routes.handle(request);
                });
    server = listening;
    return listening
        .listen(address.port(), address.host())
        .onSuccess(
            ignored -> {
              if (tls != null) {
                tls.serve(listening);
              }
            })
        .recover(
            cause ->
                Future.failedFuture(new ListenException(address.host(), address.port(), cause)));
  }

  @Override
  public Future<?> stop() {
    if (connections != null) {
      connections.refuseNext();
    }
    return server == null
        ? Future.succeededFuture()
        : server.shutdown(drainTimeout.toMillis(), TimeUnit.MILLISECONDS);
  }

  private HttpServerOptions options() {
    HttpServerOptions options =
        new HttpServerOptions()
            .setMaxHeaderSize(MAX_HEADER_BYTES)
            .setMaxInitialLineLength(MAX_REQUEST_LINE_BYTES)
            .setInitialSettings(
                new Http2Settings()
                    .setMaxConcurrentStreams(MAX_STREAMS)
                    .setMaxHeaderListSize(MAX_HEADER_BYTES))
            .setTcpNoDelay(true)
            // see TokenSpans
            .setTracingPolicy(TracingPolicy.IGNORE)
            // RFC 9113 §3.1 gave h2c up: through a proxy it is a tunnel past its rules
            .setHttp2ClearTextEnabled(false)
            // there are no WebSockets here, and their handlers would see every message
            .setPerMessageWebSocketCompressionSupported(false)
            .setPerFrameWebSocketCompressionSupported(false)
            .setHandle100ContinueAutomatically(true);
    return tls == null
        ? options
        // an HTTP/2 connection is not among the open ones before it has sent its settings
        : tls.applyTo(options.setWriteIdleTimeout((int) writeIdle.toSeconds()));
  }
}
