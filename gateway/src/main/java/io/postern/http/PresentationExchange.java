package io.postern.http;

import io.postern.client.ClientAuthentication;
import io.postern.decision.DecisionEvent;
import io.postern.index.IndexImage;
import io.postern.oauth.AuthenticationMethod;
import io.postern.oauth.PresentedToken;
import io.postern.oauth.Refusal;
import io.postern.token.TokenOutcome;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request about a token from when it is whole until it is answered and the decision was told.
 * Confined to one event loop.
 */
final class PresentationExchange {
  private static final Logger LOG = LoggerFactory.getLogger(PresentationExchange.class);

  private final HttpServerRequest request;
  private final Decisions decisions;
  private final DecisionEvent.Operation operation;
  private final String decisionId;
  private final IndexImage image;
  private final String address;
  private final Instant time;
  private final long startNanos = System.nanoTime();
  private @Nullable AuthenticationMethod method;

  /**
   * @param decisions are told what was decided
   * @param image what everything about the request is decided by
   * @param address where it comes from
   * @param time when it was there, and by which it is decided
   */
  PresentationExchange(
      HttpServerRequest request,
      Decisions decisions,
      DecisionEvent.Operation operation,
      IndexImage image,
      String address,
      Instant time) {
    this.request = request;
    this.decisions = decisions;
    this.operation = operation;
    this.decisionId = decisions.ids().next();
    this.image = image;
    this.address = address;
    this.time = time;
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

  /** When the request was there, of {@link System#nanoTime}. */
  long startNanos() {
    return startNanos;
  }

  /** Notes what is asked, once that is known. */
  void asks(PresentedToken presented) {
    method = presented.credentials().method();
  }

  /** Begins an answer that is no error; the decision is told when it has ended. */
  HttpServerResponse head(CharSequence type) {
    return OAuthAnswers.head(request, 200, type, decisionId);
  }

  /** Refuses a request that names no client, or whose client was not looked at. */
  void refuse(Refusal reason, int retryAfterSeconds) {
    refuse(new TokenOutcome.Refused(reason, retryAfterSeconds), null, false);
  }

  /** Refuses the request of a client that was looked at. */
  void refuse(ClientAuthentication who, TokenOutcome.Refused refused) {
    switch (who) {
      case ClientAuthentication.Authenticated known ->
          refuse(refused, known.client().clientId(), true);
      case ClientAuthentication.Rejected rejected ->
          refuse(refused, rejected.claimedClientId(), false);
    }
  }

  private void refuse(
      TokenOutcome.Refused refused, @Nullable String clientId, boolean authenticated) {
    OAuthAnswers.refuse(request, refused, decisionId);
    tell(new DecisionEvent.Result.Refused(refused.reason()), clientId, authenticated);
  }

  /** Answers that something went wrong here, if it can still be answered. */
  void fail(Throwable e) {
    LOG.error("The endpoint of {} failed", operation.label(), e);
    if (!request.response().headWritten()) {
      refuse(Refusal.INTERNAL_ERROR, 0);
    }
  }

  /** Tells what was decided for a client that has authenticated, once for each request. */
  void tell(DecisionEvent.Result result, ClientAuthentication.Authenticated who) {
    tell(result, who.client().clientId(), true);
  }

  private void tell(DecisionEvent.Result result, @Nullable String clientId, boolean authenticated) {
    if (!decisions.areTold()) {
      return;
    }
    decisions
        .listener()
        .decided(
            new DecisionEvent(
                time,
                decisionId,
                operation,
                result,
                clientId,
                authenticated,
                method,
                null,
                null,
                null,
                address,
                System.nanoTime() - startNanos,
                image.revision().number(),
                null));
  }
}
