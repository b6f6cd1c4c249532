package io.postern.http;

import io.postern.client.ClientAuthentication;
import io.postern.decision.DecisionEvent;
import io.postern.index.GrantIndex;
import io.postern.jose.AccessToken;
import io.postern.oauth.MalformedTokenRequest;
import io.postern.oauth.PresentedToken;
import io.postern.oauth.Refusal;
import io.postern.token.IntrospectionOutcome;
import io.postern.token.IntrospectionResponse;
import io.postern.token.TokenIntrospector;
import io.postern.token.TokenOutcome;
import io.postern.token.TokenStatus;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.time.Clock;
import org.jspecify.annotations.Nullable;

/**
 * The introspection endpoint (RFC 7662 §2), whose answer is signed when a client wants that (RFC
 * 9701). One for each event loop.
 */
public final class IntrospectionEndpoint implements FormReader.Handler {
  private static final String JWT_TYPE = "application/token-introspection+jwt";
  private static final CharSequence JWT = HttpHeaders.createOptimized(JWT_TYPE);

  private final FormReader forms;
  private final GrantIndex index;
  private final TokenIntrospector introspector;
  private final Decisions decisions;
  private final ClientSource clientSource;
  private final Clock clock;

  /** All but the index and the clock are this event loop's own. */
  public IntrospectionEndpoint(
      FormReader forms,
      GrantIndex index,
      TokenIntrospector introspector,
      Decisions decisions,
      ClientSource clientSource,
      Clock clock) {
    this.forms = forms;
    this.index = index;
    this.introspector = introspector;
    this.decisions = decisions;
    this.clientSource = clientSource;
    this.clock = clock;
  }

  /** Binds the route. */
  public void mount(PublicRoutes routes) {
    routes.below("/oauth2/introspect", request -> forms.read(request, this));
  }

  @Override
  public void refuse(HttpServerRequest request, Refusal reason, int retryAfterSeconds) {
    begin(request).refuse(reason, retryAfterSeconds);
  }

  @Override
  public void take(HttpServerRequest request, Buffer form, @Nullable String authorization) {
    PresentationExchange exchange = begin(request);
    try {
      switch (PresentedToken.parse(form.getBytes(), authorization)) {
        case MalformedTokenRequest malformed -> exchange.refuse(malformed.refusal(), 0);
        case PresentedToken presented -> introspect(exchange, presented);
      }
    } catch (RuntimeException e) {
      exchange.fail(e);
    }
  }

  private PresentationExchange begin(HttpServerRequest request) {
    return new PresentationExchange(
        request,
        decisions,
        DecisionEvent.Operation.INTROSPECT,
        index.image(),
        clientSource.addressOf(request),
        clock.instant());
  }

  private void introspect(PresentationExchange exchange, PresentedToken presented) {
    exchange.asks(presented);
    if (index.isStale(exchange.startNanos())) {
      exchange.refuse(Refusal.INDEX_STALE, TokenEndpoint.RETRY_SECONDS);
      return;
    }
    introspector.introspect(
        presented,
        MediaTypes.prefers(
            exchange.request().headers().getAll(HttpHeaders.ACCEPT), JWT_TYPE, "application/json"),
        exchange.image(),
        ClientSource.networkOf(exchange.address()),
        exchange.time(),
        (who, outcome) -> answer(exchange, who, outcome));
  }

  // perhaps called when the handler of the request has long returned
  private static void answer(
      PresentationExchange exchange, ClientAuthentication who, IntrospectionOutcome outcome) {
    try {
      switch (outcome) {
        case TokenOutcome.Refused refused -> exchange.refuse(who, refused);
        case IntrospectionOutcome.Answered answered -> {
          IntrospectionResponse response = answered.response();
          exchange
              .head(response.isSigned() ? JWT : OAuthAnswers.JSON)
              .end(
                  Buffer.buffer(response.length())
                      .appendBytes(response.array(), 0, response.length()));
          if (who instanceof ClientAuthentication.Authenticated caller) {
            exchange.tell(result(answered.status()), caller);
          }
        }
      }
    } catch (RuntimeException e) {
      exchange.fail(e);
    }
  }

  private static DecisionEvent.Result result(TokenStatus status) {
    return switch (status) {
      case TokenStatus.Active active ->
          new DecisionEvent.Result.Introspected(null, presented(active.token()));
      case TokenStatus.Inactive inactive ->
          new DecisionEvent.Result.Introspected(inactive.reason(), presented(inactive.token()));
    };
  }

  /** What decisions tell of a token of ours. */
  static DecisionEvent.@Nullable Presented presented(@Nullable AccessToken token) {
    return token == null
        ? null
        : new DecisionEvent.Presented(
            token.clientId(), token.audience(), token.scope(), token.jti(), token.expiresAt());
  }
}
