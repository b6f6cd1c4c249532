package io.postern.http;

import io.postern.tls.ServerTls;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.Router;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Binds the management endpoints. A virtual-thread verticle: its handlers may wait. */
public final class ManagementListener extends VerticleBase {
  private static final int IDLE_SECONDS = 75;
  private static final int DRAIN_SECONDS = 5;

  private final ListenerSettings.Address address;
  private final Router router;
  private final @Nullable ServerTls tls;
  private @Nullable HttpServer server;

  /**
   * @param tls null for plain HTTP
   */
  public ManagementListener(
      ListenerSettings.Address address, Router router, @Nullable ServerTls tls) {
    this.address = address;
    this.router = router;
    this.tls = tls;
  }

  @Override
  public Future<?> start() {
    HttpServerOptions options =
        new HttpServerOptions()
            .setIdleTimeout(IDLE_SECONDS)
            .setIdleTimeoutUnit(TimeUnit.SECONDS)
            .setHttp2ClearTextEnabled(false);
    HttpServer listening =
        vertx
            .createHttpServer(tls == null ? options : tls.applyTo(options))
            .connectionHandler(RequestFraming::watch)
            .requestHandler(router);
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
    return server == null
        ? Future.succeededFuture()
        : server.shutdown(DRAIN_SECONDS, TimeUnit.SECONDS);
  }
}
