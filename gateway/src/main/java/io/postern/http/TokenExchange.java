package io.postern.http;

import io.postern.client.ClientAuthentication;
import io.postern.decision.DecisionEvent;
import io.postern.index.IndexImage;
import io.postern.oauth.Refusal;
import io.postern.oauth.TokenRequest;
import io.postern.token.AccessTokenClaims;
import io.postern.token.AccessTokenResponse;
import io.postern.token.TokenOutcome;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.time.Instant;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One token request from when it is whole until it is answered and the decision was told. Confined
 * to one event loop.
 */
final class TokenExchange implements BiConsumer<ClientAuthentication, TokenOutcome> {
  private static final Logger LOG = LoggerFactory.getLogger(TokenExchange.class);

  private final HttpServerRequest request;
  private final Decisions decisions;
  private final String decisionId;
  private final IndexImage image;
  private final String address;
  private final Instant time;
  private final long startNanos;
  private @Nullable TokenRequest asked;

  /**
   * @param decisions are told what was decided
   * @param image what everything about the request is decided by
   * @param address where it comes from
   * @param time when it was there, and by which it is decided
   * @param startNanos the same of {@link System#nanoTime}
   */
  TokenExchange(
      HttpServerRequest request,
      Decisions decisions,
      IndexImage image,
      String address,
      Instant time,
      long startNanos) {
    this.request = request;
    this.decisions = decisions;
    this.decisionId = decisions.ids().next();
    this.image = image;
    this.address = address;
    this.time = time;
    this.startNanos = startNanos;
  }

  HttpServerRequest request() {
    return request;
  }

  IndexImage image() {
    return image;
  }

  String address() {
    return address;
  }

  Instant time() {
    return time;
  }

  long startNanos() {
    return startNanos;
  }

  /** Notes what is asked for, once that is known. */
  void asks(TokenRequest tokenRequest) {
    asked = tokenRequest;
  }

  /** Answers; perhaps called when the handler of the request has long returned. */
  @Override
  public void accept(ClientAuthentication who, TokenOutcome outcome) {
    try {
      switch (outcome) {
        case TokenOutcome.Issued issued -> succeed(issued);
        case TokenOutcome.Refused refused -> {
          switch (who) {
            case ClientAuthentication.Authenticated known ->
                refuse(refused, known.client().clientId(), true);
            case ClientAuthentication.Rejected rejected ->
                refuse(refused, rejected.claimedClientId(), false);
          }
        }
      }
    } catch (RuntimeException e) {
      fail(e);
    }
  }

  /** Refuses a request that names no client, or whose client was not looked at. */
  void refuse(Refusal reason, int retryAfterSeconds) {
    refuse(new TokenOutcome.Refused(reason, retryAfterSeconds), null, false);
  }

  /** Answers that something went wrong here. */
  void fail(RuntimeException e) {
    LOG.error("The token endpoint failed", e);
    if (!request.response().headWritten()) {
      refuse(Refusal.INTERNAL_ERROR, 0);
    }
  }

  private void succeed(TokenOutcome.Issued issued) {
    AccessTokenResponse token = issued.response();
    OAuthAnswers.head(request, 200, OAuthAnswers.JSON, decisionId)
        .end(Buffer.buffer(token.length()).appendBytes(token.array(), 0, token.length()));
    if (decisions.areTold()) {
      AccessTokenClaims claims = issued.claims();
      tell(
          new DecisionEvent.Result.Issued(
              claims.audience(),
              claims.scope(),
              issued.key().algorithm(),
              issued.key().kid(),
              claims.jti(),
              claims.expiresAt(),
              token.tokenLength()),
          claims.clientId(),
          true);
    }
  }

  private void refuse(
      TokenOutcome.Refused refused, @Nullable String clientId, boolean authenticated) {
    OAuthAnswers.refuse(request, refused, decisionId);
    if (decisions.areTold()) {
      tell(new DecisionEvent.Result.Refused(refused.reason()), clientId, authenticated);
    }
  }

  private void tell(DecisionEvent.Result result, @Nullable String clientId, boolean authenticated) {
    TokenRequest known = asked;
    long latencyNanos = System.nanoTime() - startNanos;
    String traceId =
        decisions
            .spans()
            .record(
                request.headers(),
                time,
                latencyNanos,
                request.response().getStatusCode(),
                outcome(result),
                decisionId);
    decisions
        .listener()
        .decided(
            new DecisionEvent(
                time,
                decisionId,
                DecisionEvent.Operation.TOKEN,
                result,
                clientId,
                authenticated,
                known == null ? null : known.credentials().method(),
                known == null ? null : audienceOf(known),
                known == null ? null : known.scope(),
                null,
                address,
                latencyNanos,
                image.revision().number(),
                traceId));
  }

  private static String outcome(DecisionEvent.Result result) {
    return result instanceof DecisionEvent.Result.Refused refused
        ? refused.reason().label()
        : result.outcome();
  }

  private static @Nullable String audienceOf(TokenRequest request) {
    return request.audience() == null && !request.resources().isEmpty()
        ? request.resources().getFirst()
        : request.audience();
  }
}
