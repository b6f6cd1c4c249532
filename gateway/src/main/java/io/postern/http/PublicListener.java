package io.postern.http;

import io.postern.crypto.RandomIds;
import io.postern.decision.DecisionListener;
import io.postern.index.GrantIndex;
import io.postern.oauth.Issuer;
import io.postern.tls.ServerTls;
import io.postern.token.TokenIssuer;
import io.postern.tracing.TokenSpans;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.core.http.Http2Settings;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.tracing.TracingPolicy;
import java.time.Clock;
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

  private final Issuer issuer;
  private final String host;
  private final int port;
  private final GrantIndex index;
  private final TokenIssuer tokenIssuer;
  private final DecisionListener decisions;
  private final TokenSpans spans;
  private final RandomIds decisionIds;
  private final Traffic traffic;
  private final int maxConnections;
  private final BooleanSupplier draining;
  private final ClientSource clientSource;
  private final Duration maxStaleness;
  private final Duration jwksMaxAge;
  private final Duration drainTimeout;
  private final @Nullable ServerTls tls;
  private final Clock clock;
  private final @Nullable AccessLog accessLog;
  private @Nullable HttpServer server;
  private @Nullable OpenConnections connections;

  /**
   * @param tokenIssuer this instance's own
   * @param decisions is told what was decided about token requests
   * @param spans records token requests
   * @param decisionIds this instance's own
   * @param traffic of all instances
   * @param maxConnections of all instances
   * @param draining whether clients are to open their next connection elsewhere
   * @param jwksMaxAge how long verifiers may keep the published keys
   * @param drainTimeout how long accepted requests may take after the stop
   * @param tls of all instances, or null for plain HTTP
   * @param accessLog told of each request, or null
   */
  public PublicListener(
      Issuer issuer,
      String host,
      int port,
      GrantIndex index,
      TokenIssuer tokenIssuer,
      DecisionListener decisions,
      TokenSpans spans,
      RandomIds decisionIds,
      Traffic traffic,
      int maxConnections,
      BooleanSupplier draining,
      ClientSource clientSource,
      Duration maxStaleness,
      Duration jwksMaxAge,
      Duration drainTimeout,
      @Nullable ServerTls tls,
      Clock clock,
      @Nullable AccessLog accessLog) {
    this.issuer = issuer;
    this.host = host;
    this.port = port;
    this.index = index;
    this.tokenIssuer = tokenIssuer;
    this.decisions = decisions;
    this.spans = spans;
    this.decisionIds = decisionIds;
    this.traffic = traffic;
    this.maxConnections = maxConnections;
    this.draining = draining;
    this.clientSource = clientSource;
    this.maxStaleness = maxStaleness;
    this.jwksMaxAge = jwksMaxAge;
    this.drainTimeout = drainTimeout;
    this.tls = tls;
    this.clock = clock;
    this.accessLog = accessLog;
  }

  @Override
  public Future<?> start() {
    TokenEndpoint token =
        new TokenEndpoint(
            vertx,
            new RequestQueue(context),
            traffic,
            index,
            tokenIssuer,
            decisions,
            spans,
            decisionIds,
            clientSource,
            maxStaleness,
            draining,
            clock);
    OpenConnections open = new OpenConnections(vertx, traffic, maxConnections, IDLE);
    connections = open;
    JwksEndpoint jwks = new JwksEndpoint(index, jwksMaxAge, maxStaleness);
    MetadataEndpoint metadata = new MetadataEndpoint(issuer);
    AuthorizationEndpoint authorization = new AuthorizationEndpoint();
    String base = issuer.path();
    String tokenPath = base + "/oauth2/token";
    String jwksPath = base + "/oauth2/jwks";
    String authorizationPath = base + "/oauth2/authorize";
    // RFC 8414 §3: the well-known part goes between host and path; Discovery §4: after the path
    String oauthMetadataPath = "/.well-known/oauth-authorization-server" + base;
    String openidMetadataPath = base + "/.well-known/openid-configuration";
    HttpServer listening =
        vertx
            .createHttpServer(options())
            .connectionHandler(open::accept)
            .requestHandler(
                request -> {
                  open.noteRequest(request.connection());
                  if (accessLog != null) {
                    accessLog.watch(request);
                  }
                  if (draining.getAsBoolean()) {
                    open.sendElsewhere(request);
                  }
                  String path = pathOf(request);
                  if (path.equals(tokenPath)) {
                    token.handle(request);
                  } else if (path.equals(jwksPath)) {
                    jwks.handle(request);
                  } else if (path.equals(oauthMetadataPath)) {
                    metadata.handleOauth(request);
                  } else if (path.equals(openidMetadataPath)) {
                    metadata.handleOpenid(request);
                  } else if (path.equals(authorizationPath)) {
                    authorization.handle(request);
                  } else {
                    Answers.notFound(request);
                  }
                });
    server = listening;
    return listening
        .listen(port, host)
        .onSuccess(
            ignored -> {
              if (tls != null) {
                tls.serve(listening);
              }
            })
        .recover(cause -> Future.failedFuture(new ListenException(host, port, cause)));
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
        : tls.applyTo(options.setWriteIdleTimeout((int) IDLE.toSeconds()));
  }

  private static String pathOf(HttpServerRequest request) {
    String path = request.path();
    return path == null ? "" : path;
  }
}
