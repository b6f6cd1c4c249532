package io.postern.http;

import io.postern.index.GrantIndex;
import io.postern.oauth.MalformedTokenRequest;
import io.postern.oauth.Refusal;
import io.postern.oauth.TokenRequest;
import io.postern.token.TokenIssuer;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/** The token endpoint (RFC 6749 §3.2). One for each event loop. */
public final class TokenEndpoint implements FormReader.Handler {
  /** When to come again where the index is too old. */
  static final int RETRY_SECONDS = 5;

  private final FormReader forms;
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
      FormReader forms,
      GrantIndex index,
      TokenIssuer issuer,
      Decisions decisions,
      ClientSource clientSource,
      Clock clock) {
    this.forms = forms;
    this.index = index;
    this.issuer = issuer;
    this.decisions = decisions;
    this.clientSource = clientSource;
    this.clock = clock;
  }

  /** Binds the route. */
  public void mount(PublicRoutes routes) {
    routes.forClients("/oauth2/token", request -> forms.read(request, this));
  }

  @Override
  public void refuse(HttpServerRequest request, Refusal reason, int retryAfterSeconds) {
    begin(request).refuse(reason, retryAfterSeconds);
  }

  @Override
  public void take(HttpServerRequest request, Buffer form, @Nullable String authorization) {
    TokenExchange exchange = begin(request);
    try {
      switch (TokenRequest.parse(form.getBytes(), authorization)) {
        case MalformedTokenRequest malformed -> exchange.refuse(malformed.refusal(), 0);
        case TokenRequest tokenRequest -> issue(exchange, tokenRequest);
      }
    } catch (RuntimeException e) {
      exchange.fail(e);
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
}
