package io.postern.http;

import io.postern.crypto.RandomIds;
import io.postern.decision.DecisionListener;
import io.postern.index.GrantIndex;
import io.postern.oauth.MalformedTokenRequest;
import io.postern.oauth.ParsedTokenRequest;
import io.postern.oauth.Refusal;
import io.postern.oauth.TokenRequest;
import io.postern.token.TokenIssuer;
import io.postern.tracing.TokenSpans;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.BooleanSupplier;

/** The token endpoint (RFC 6749 §3.2). One for each event loop. */
final class TokenEndpoint {
  /** The largest body, in bytes. */
  static final int MAX_BODY_BYTES = 64 * 1024;

  // by HTTP/2 one connection may send 100 bodies at a time
  private static final long MAX_HELD_BYTES = 32L * 1024 * 1024;

  private static final Duration MAX_BODY_TIME = Duration.ofSeconds(10);
  private static final int RETRY_SECONDS = 5;
  private static final int SHED_RETRY_SECONDS = 1;
  private static final String FORM = "application/x-www-form-urlencoded";

  private final RequestBodies bodies;
  private final RequestQueue queue;
  private final Traffic traffic;
  private final GrantIndex index;
  private final TokenIssuer issuer;
  private final DecisionListener decisions;
  private final TokenSpans spans;
  private final RandomIds decisionIds;
  private final ClientSource clientSource;
  private final Duration maxStaleness;
  private final Clock clock;

  TokenEndpoint(
      Vertx vertx,
      RequestQueue queue,
      Traffic traffic,
      GrantIndex index,
      TokenIssuer issuer,
      DecisionListener decisions,
      TokenSpans spans,
      RandomIds decisionIds,
      ClientSource clientSource,
      Duration maxStaleness,
      BooleanSupplier draining,
      Clock clock) {
    this.bodies = new RequestBodies(vertx, MAX_BODY_BYTES, MAX_HELD_BYTES, MAX_BODY_TIME, draining);
    this.queue = queue;
    this.traffic = traffic;
    this.index = index;
    this.issuer = issuer;
    this.decisions = decisions;
    this.spans = spans;
    this.decisionIds = decisionIds;
    this.clientSource = clientSource;
    this.maxStaleness = maxStaleness;
    this.clock = clock;
  }

  void handle(HttpServerRequest request) {
    // RFC 6749 §3.2: the client must use POST
    if (!request.method().equals(HttpMethod.POST)) {
      begin(request).refuse(Refusal.NOT_POST, 0);
    } else if (!isForm(request.getHeader(HttpHeaders.CONTENT_TYPE))) {
      begin(request).refuse(Refusal.NOT_A_FORM, 0);
    } else if (request.query() != null && hasParameters(request)) {
      begin(request).refuse(Refusal.PARAMETERS_IN_QUERY, 0);
    } else {
      bodies.read(
          request,
          body -> answer(begin(request), body),
          status ->
              begin(request)
                  .refuse(status == 413 ? Refusal.BODY_TOO_LARGE : Refusal.BODY_TOO_SLOW, 0));
    }
  }

  private TokenExchange begin(HttpServerRequest request) {
    return new TokenExchange(
        request,
        decisions,
        spans,
        decisionIds.next(),
        index.image(),
        clientSource.addressOf(request),
        clock.instant(),
        System.nanoTime());
  }

  private void answer(TokenExchange exchange, Buffer body) {
    if (!queue.tryTake()) {
      traffic.shed();
      exchange.refuse(Refusal.OVERLOADED, SHED_RETRY_SECONDS);
      return;
    }
    try {
      List<String> authorization = exchange.request().headers().getAll(HttpHeaders.AUTHORIZATION);
      if (authorization.size() > 1) {
        exchange.refuse(Refusal.SEVERAL_AUTHENTICATION_METHODS, 0);
        return;
      }
      String header = authorization.isEmpty() ? null : authorization.getFirst();
      ParsedTokenRequest parsed = TokenRequest.parse(body.getBytes(), header);
      switch (parsed) {
        case MalformedTokenRequest malformed -> exchange.refuse(malformed.refusal(), 0);
        case TokenRequest tokenRequest -> issue(exchange, tokenRequest);
      }
    } catch (RuntimeException e) {
      exchange.fail(e);
    }
  }

  private void issue(TokenExchange exchange, TokenRequest tokenRequest) {
    exchange.asks(tokenRequest);
    if (index.staleness(exchange.startNanos()).compareTo(maxStaleness) > 0) {
      exchange.refuse(Refusal.INDEX_STALE, RETRY_SECONDS);
      return;
    }
    issuer.issue(
        tokenRequest,
        exchange.image(),
        ClientSource.networkOf(exchange.address()),
        exchange.time(),
        exchange);
  }

  // RFC 6749 §2.3.1: credentials must not be in the request URI; nor is anything else read there,
  // and a scope that goes unread would make the token wider than meant
  private static boolean hasParameters(HttpServerRequest request) {
    try {
      return request.params().names().stream().anyMatch(TokenRequest::isParameter);
    } catch (IllegalArgumentException e) {
      return true;
    }
  }

  private static boolean isForm(String contentType) {
    if (contentType == null || contentType.equals(FORM)) {
      return contentType != null;
    }
    String[] parts = contentType.toLowerCase(Locale.ROOT).split(";", 2);
    return parts[0].strip().equals(FORM)
        && (parts.length == 1 || !parts[1].contains("charset") || parts[1].contains("utf-8"));
  }
}
