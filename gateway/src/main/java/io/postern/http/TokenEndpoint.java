package io.postern.http;

import io.postern.index.GrantIndex;
import io.postern.oauth.MalformedTokenRequest;
import io.postern.oauth.ParsedTokenRequest;
import io.postern.oauth.Refusal;
import io.postern.oauth.TokenRequest;
import io.postern.token.TokenIssuer;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.time.Clock;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The token endpoint (RFC 6749 §3.2). One for each event loop. */
public final class TokenEndpoint {
  private static final int RETRY_SECONDS = 5;
  private static final int SHED_RETRY_SECONDS = 1;
  private static final String FORM = "application/x-www-form-urlencoded";

  private final RequestBodies bodies;
  private final RequestQueue queue;
  private final GrantIndex index;
  private final TokenIssuer issuer;
  private final Decisions decisions;
  private final ClientSource clientSource;
  private final Clock clock;

  /**
   * All but the index and the clock are this event loop's own.
   *
   * @param decisions are told what was decided
   */
  public TokenEndpoint(
      RequestBodies bodies,
      RequestQueue queue,
      GrantIndex index,
      TokenIssuer issuer,
      Decisions decisions,
      ClientSource clientSource,
      Clock clock) {
    this.bodies = bodies;
    this.queue = queue;
    this.index = index;
    this.issuer = issuer;
    this.decisions = decisions;
    this.clientSource = clientSource;
    this.clock = clock;
  }

  /** Binds the route. */
  public void mount(PublicRoutes routes) {
    routes.forClients("/oauth2/token", this::handle);
  }

  private void handle(HttpServerRequest request) {
    // RFC 6749 §3.2: the client must use POST
    if (!request.method().equals(HttpMethod.POST)) {
      begin(request).refuse(Refusal.NOT_POST, 0);
    } else if (!isForm(request.getHeader(HttpHeaders.CONTENT_TYPE))) {
      begin(request).refuse(Refusal.NOT_A_FORM, 0);
    } else if (isEncoded(request.headers().getAll(HttpHeaders.CONTENT_ENCODING))) {
      begin(request).refuse(Refusal.ENCODED_BODY, 0);
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
        index.image(),
        clientSource.addressOf(request),
        clock.instant(),
        System.nanoTime());
  }

  private void answer(TokenExchange exchange, Buffer body) {
    if (!queue.tryTake()) {
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
    if (index.isStale(exchange.startNanos())) {
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

  // A form's bytes are ASCII, and what they encode is UTF-8 (RFC 6749 App. B): a charset that is
  // named beside it changes nothing
  private static boolean isForm(@Nullable String contentType) {
    return contentType != null
        && (contentType.equals(FORM)
            || contentType.split(";", 2)[0].strip().equalsIgnoreCase(FORM));
  }

  private static boolean isEncoded(List<String> codings) {
    return !codings.stream().allMatch(coding -> coding.strip().equalsIgnoreCase("identity"));
  }
}
