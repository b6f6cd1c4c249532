package io.postern.http;

import io.postern.change.Revision;
import io.postern.change.RevisionGate;
import io.postern.client.ClientAuthentication;
import io.postern.decision.DecisionEvent;
import io.postern.index.GrantIndex;
import io.postern.jose.AccessToken;
import io.postern.oauth.InactiveReason;
import io.postern.oauth.MalformedTokenRequest;
import io.postern.oauth.PresentedToken;
import io.postern.oauth.Refusal;
import io.postern.token.RevocationOutcome;
import io.postern.token.TokenOutcome;
import io.postern.token.TokenRevoker;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The revocation endpoint (RFC 7009 §2). Answers only when this gateway's own index has the line.
 * One for each event loop.
 */
public final class RevocationEndpoint implements FormReader.Handler {
  private static final Logger LOG = LoggerFactory.getLogger(RevocationEndpoint.class);

  /** How long PostgreSQL may take for one line; it may have drawn it nevertheless. */
  private static final Duration WRITE_TIMEOUT = Duration.ofSeconds(5);

  /** How long this gateway's index may take for it. */
  private static final Duration INDEX_TIMEOUT = Duration.ofSeconds(5);

  private final FormReader forms;
  private final GrantIndex index;
  private final TokenRevoker revoker;
  private final TokenEnder ender;
  private final RevisionGate revisions;
  private final Decisions decisions;
  private final ClientSource clientSource;
  private final Clock clock;
  private final Context context;

  /**
   * @param forms the event loop's own, as are revoker, decisions and context
   * @param ender draws lines, for all event loops
   * @param revisions tells when the index has them
   */
  public RevocationEndpoint(
      FormReader forms,
      GrantIndex index,
      TokenRevoker revoker,
      TokenEnder ender,
      RevisionGate revisions,
      Decisions decisions,
      ClientSource clientSource,
      Clock clock,
      Context context) {
    this.forms = forms;
    this.index = index;
    this.revoker = revoker;
    this.ender = ender;
    this.revisions = revisions;
    this.decisions = decisions;
    this.clientSource = clientSource;
    this.clock = clock;
    this.context = context;
  }

  /** Binds the route. */
  public void mount(PublicRoutes routes) {
    routes.forClients("/oauth2/revoke", request -> forms.read(request, this));
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
        case PresentedToken presented -> revoke(exchange, presented);
      }
    } catch (RuntimeException e) {
      exchange.fail(e);
    }
  }

  private PresentationExchange begin(HttpServerRequest request) {
    return new PresentationExchange(
        request,
        decisions,
        DecisionEvent.Operation.REVOKE,
        index.image(),
        clientSource.addressOf(request),
        clock.instant());
  }

  private void revoke(PresentationExchange exchange, PresentedToken presented) {
    exchange.asks(presented);
    if (index.isStale(exchange.startNanos())) {
      exchange.refuse(Refusal.INDEX_STALE, TokenEndpoint.RETRY_SECONDS);
      return;
    }
    revoker.revoke(
        presented,
        exchange.image(),
        ClientSource.networkOf(exchange.address()),
        exchange.time(),
        (who, outcome) -> answer(exchange, who, outcome));
  }

  private void answer(
      PresentationExchange exchange, ClientAuthentication who, RevocationOutcome outcome) {
    try {
      switch (outcome) {
        case TokenOutcome.Refused refused -> exchange.refuse(who, refused);
        case RevocationOutcome.Nothing nothing ->
            succeed(exchange, who, nothing.reason(), nothing.token());
        case RevocationOutcome.ToEnd toEnd -> end(exchange, who, toEnd.token());
      }
    } catch (RuntimeException e) {
      exchange.fail(e);
    }
  }

  private void end(PresentationExchange exchange, ClientAuthentication who, AccessToken token) {
    Future<Revision> drawn =
        ender.end(
            token.jti(),
            Instant.ofEpochSecond(token.expiresAt()),
            token.clientId(),
            exchange.address());
    Future.fromCompletionStage(drawn.toCompletionStage(), context)
        .timeout(WRITE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
        .compose(this::awaitIndex)
        .onComplete(
            done -> {
              try {
                if (done.succeeded() && done.result()) {
                  succeed(exchange, who, null, token);
                } else {
                  LOG.debug("A token was not seen to end", done.cause());
                  // RFC 7009 §2.2.1: the client must take the token for one that is still there
                  exchange.refuse(
                      who,
                      new TokenOutcome.Refused(
                          Refusal.REVOCATION_UNAVAILABLE, TokenEndpoint.RETRY_SECONDS));
                }
              } catch (RuntimeException e) {
                exchange.fail(e);
              }
            });
  }

  // here: who is answered and then asks this gateway, finds the token ended
  private Future<Boolean> awaitIndex(Revision revision) {
    return Future.fromCompletionStage(revisions.reached(revision, INDEX_TIMEOUT), context);
  }

  // RFC 7009 §2.2: 200, and what the body says is ignored
  private static void succeed(
      PresentationExchange exchange,
      ClientAuthentication who,
      @Nullable InactiveReason nothingToEnd,
      @Nullable AccessToken token) {
    exchange.head(OAuthAnswers.JSON).end(Buffer.buffer("{}"));
    if (who instanceof ClientAuthentication.Authenticated caller) {
      exchange.tell(
          new DecisionEvent.Result.Revoked(nothingToEnd, IntrospectionEndpoint.presented(token)),
          caller);
    }
  }
}
