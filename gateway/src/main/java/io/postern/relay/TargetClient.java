package io.postern.relay;

import io.postern.vault.RelayTarget;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpVersion;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.tracing.TracingPolicy;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Connects to targets: by TLS with HTTP/2 where the target has it, to addresses that have been
 * checked. Connections are shared by all agents, and bounded for each target. For one event loop.
 */
final class TargetClient {
  private static final int KEEP_ALIVE_SECONDS = 30;
  private static final int MAX_HEADER_BYTES = 64 * 1024;
  // each has as many streams as the target allows, as a rule 100 and more
  private static final int HTTP2_CONNECTIONS = 8;
  private static final int WAITING_FOR_EACH_CONNECTION = 4;

  private final HttpClient client;
  private final long connectTimeoutMillis;

  TargetClient(Vertx vertx, RelaySettings settings, TargetTrust trust) {
    this.connectTimeoutMillis = settings.deadlines().connect().toMillis();
    HttpClientOptions options =
        new HttpClientOptions()
            .setConnectTimeout((int) connectTimeoutMillis)
            .setSslHandshakeTimeout(connectTimeoutMillis)
            .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS)
            .setKeepAliveTimeout(KEEP_ALIVE_SECONDS)
            .setHttp2KeepAliveTimeout(KEEP_ALIVE_SECONDS)
            .setMaxHeaderSize(MAX_HEADER_BYTES)
            .setUseAlpn(true)
            .setAlpnVersions(List.of(HttpVersion.HTTP_2, HttpVersion.HTTP_1_1))
            .setTcpNoDelay(true)
            .setVerifyHost(true)
            // a span would name the URI, and with some targets the value is in that
            .setTracingPolicy(TracingPolicy.IGNORE);
    if (trust.options() != null) {
      options.setTrustOptions(trust.options());
    }
    int connections = settings.maxConnections();
    this.client =
        vertx
            .httpClientBuilder()
            .with(options)
            .with(
                new PoolOptions()
                    .setHttp1MaxSize(connections)
                    .setHttp2MaxSize(Math.min(connections, HTTP2_CONNECTIONS))
                    .setMaxWaitQueueSize(connections * WAITING_FOR_EACH_CONNECTION))
            // each call is told of its own; Vert.x would log what the target has sent
            .withConnectHandler(connection -> connection.exceptionHandler(ignored -> {}))
            .build();
  }

  /**
   * A request on a connection, of which nothing has been sent.
   *
   * @param address the target's, checked
   * @param value put into its query if it goes there
   */
  Future<HttpClientRequest> request(
      TargetRequest.Allowed request, InetAddress address, String value) {
    RelayTarget target = request.target();
    return client.request(
        new RequestOptions()
            // the connection goes there whatever the name resolves to now
            .setServer(SocketAddress.inetSocketAddress(target.port(), address.getHostAddress()))
            // and these are for Host, SNI and the certificate
            .setHost(target.host())
            .setPort(target.port())
            .setSsl(target.tls())
            .setMethod(HttpMethod.valueOf(request.method()))
            .setURI(request.uri(value))
            .setFollowRedirects(false)
            .setConnectTimeout(connectTimeoutMillis));
  }
}
