package io.postern.http;

import io.postern.client.ClientAuthentication;
import io.postern.decision.DecisionEvent;
import io.postern.index.IndexImage;
import io.postern.oauth.JsonText;
import io.postern.oauth.Refusal;
import io.postern.oauth.TokenRequest;
import io.postern.token.AccessTokenClaims;
import io.postern.token.AccessTokenResponse;
import io.postern.token.TokenOutcome;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
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

  /** The header of the answer by which its decision is found. */
  static final CharSequence DECISION_ID = HttpHeaders.createOptimized("postern-decision-id");

  private static final CharSequence CHALLENGE =
      HttpHeaders.createOptimized("Basic realm=\"postern\", charset=\"UTF-8\"");
  private static final CharSequence WWW_AUTHENTICATE =
      HttpHeaders.createOptimized("www-authenticate");
  private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
  private static final CharSequence NO_STORE = HttpHeaders.createOptimized("no-store");
  private static final CharSequence NO_CACHE = HttpHeaders.createOptimized("no-cache");
  private static final CharSequence PRAGMA = HttpHeaders.createOptimized("pragma");
  private static final Map<Refusal, Buffer> REFUSALS = refusals();

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
    head(200).end(Buffer.buffer(token.length()).appendBytes(token.array(), 0, token.length()));
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
    Refusal reason = refused.reason();
    HttpServerResponse response = head(reason.status());
    if (reason.status() == 401) {
      // RFC 6749 §5.2, RFC 9110 §15.5.2: a 401 names the scheme to use
      response.putHeader(WWW_AUTHENTICATE, CHALLENGE);
    } else if (reason.status() == 405) {
      response.putHeader(HttpHeaders.ALLOW, "POST");
    } else if (reason.status() == 415) {
      // RFC 9110 §12.5.3: what would have been accepted
      response.putHeader(HttpHeaders.ACCEPT_ENCODING, "identity");
    }
    if (refused.retryAfterSeconds() > 0) {
      response.putHeader(HttpHeaders.RETRY_AFTER, Integer.toString(refused.retryAfterSeconds()));
    }
    Buffer body = REFUSALS.getOrDefault(reason, Buffer.buffer());
    if (reason == Refusal.BODY_TOO_LARGE || reason == Refusal.BODY_TOO_SLOW) {
      Answers.endUnread(request, body);
    } else {
      Answers.end(request, body);
    }
    if (decisions.areTold()) {
      tell(new DecisionEvent.Result.Refused(reason), clientId, authenticated);
    }
  }

  // RFC 6749 §5.1: neither tokens nor errors may be cached
  private HttpServerResponse head(int status) {
    return request
        .response()
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, JSON)
        .putHeader(HttpHeaders.CACHE_CONTROL, NO_STORE)
        .putHeader(PRAGMA, NO_CACHE)
        .putHeader(DECISION_ID, decisionId);
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

  private static Map<Refusal, Buffer> refusals() {
    Map<Refusal, Buffer> bodies = new EnumMap<>(Refusal.class);
    for (Refusal refusal : Refusal.values()) {
      StringBuilder json = new StringBuilder("{\"error\":\"").append(refusal.error().code());
      JsonText.appendString(json.append("\",\"error_description\":"), refusal.description());
      bodies.put(refusal, Buffer.buffer(json.append('}').toString()));
    }
    return bodies;
  }
}
