package io.postern.http;

import io.postern.decision.DecisionEvent;
import io.postern.decision.DecisionEvent.Operation;
import io.postern.index.IndexImage;
import io.postern.oauth.JsonText;
import io.postern.vault.VaultRefusal;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One request for a hosted credential until it is answered and the decision was told. Confined to
 * one event loop.
 */
public final class VaultExchange {
  private static final Logger LOG = LoggerFactory.getLogger(VaultExchange.class);

  private static final CharSequence PROBLEM =
      HttpHeaders.createOptimized("application/problem+json");
  private static final CharSequence NO_STORE = HttpHeaders.createOptimized("no-store");
  private static final CharSequence WWW_AUTHENTICATE =
      HttpHeaders.createOptimized("www-authenticate");

  private final HttpServerRequest request;
  private final Decisions decisions;
  private final Operation operation;
  private final String identifier;
  private final String decisionId;
  private final IndexImage image;
  private final String address;
  private final Instant time;
  private final long startNanos;

  /**
   * @param decisions are told what was decided
   * @param identifier of the credential, as the request names it
   * @param image what everything about the request is decided by
   * @param address where it comes from
   * @param time when it was there, and by which it is decided
   */
  public VaultExchange(
      HttpServerRequest request,
      Decisions decisions,
      Operation operation,
      String identifier,
      IndexImage image,
      String address,
      Instant time) {
    this.request = request;
    this.decisions = decisions;
    this.operation = operation;
    this.identifier = identifier;
    this.decisionId = decisions.ids().next();
    this.image = image;
    this.address = address;
    this.time = time;
    this.startNanos = System.nanoTime();
  }

  public HttpServerRequest request() {
    return request;
  }

  public String identifier() {
    return identifier;
  }

  public IndexImage image() {
    return image;
  }

  public Instant time() {
    return time;
  }

  /** When the request was there, of {@link System#nanoTime}. */
  public long startNanos() {
    return startNanos;
  }

  /** The id that the answer carries. */
  public String decisionId() {
    return decisionId;
  }

  /** Answers with a JSON document that nobody may keep, and tells the decision. */
  public void succeed(String json, DecisionEvent.Result result, String clientId) {
    head(200, "application/json").end(Buffer.buffer(json));
    tell(result, clientId);
  }

  /**
   * Answers with a problem (RFC 9457), and tells the decision.
   *
   * @param clientId the agent, which a good token names; null without one
   * @param retryAfterSeconds 0 for no such header
   */
  public void refuse(VaultRefusal reason, @Nullable String clientId, int retryAfterSeconds) {
    HttpServerResponse response = head(reason.status(), PROBLEM);
    if (reason.status() == 401 || reason == VaultRefusal.INSUFFICIENT_SCOPE) {
      response.putHeader(WWW_AUTHENTICATE, challenge(reason));
    } else if (reason.status() == 405) {
      response.putHeader(HttpHeaders.ALLOW, "GET");
    }
    if (retryAfterSeconds > 0) {
      response.putHeader(HttpHeaders.RETRY_AFTER, Integer.toString(retryAfterSeconds));
    }
    Buffer body = Buffer.buffer(problem(reason));
    if (mayHaveMore()) {
      Answers.endUnread(request, body);
    } else {
      request.resume();
      Answers.end(request, body);
    }
    tell(new DecisionEvent.Result.Refused(reason), clientId);
  }

  // RFC 9112 §6.3: without a length and without chunks there is no body; its end may still come
  private boolean mayHaveMore() {
    if (request.isEnded()) {
      return false;
    }
    String length = request.getHeader(HttpHeaders.CONTENT_LENGTH);
    return request.version() == HttpVersion.HTTP_2
        || request.headers().contains(HttpHeaders.TRANSFER_ENCODING)
        || (length != null && !length.equals("0"));
  }

  /** Answers that something went wrong here, if it can still be answered. */
  public void fail(Throwable e, @Nullable String clientId) {
    LOG.error("A request for a hosted credential failed", e);
    if (!request.response().headWritten()) {
      refuse(VaultRefusal.INTERNAL_ERROR, clientId, 0);
    }
  }

  // RFC 6750 §3: no error code for whoever has not tried
  private static String challenge(VaultRefusal reason) {
    String challenge = "Bearer realm=\"postern-vault\"";
    return reason == VaultRefusal.NO_TOKEN
        ? challenge
        : challenge + ", error=\"" + reason.errorCode().replace('-', '_') + '"';
  }

  private String problem(VaultRefusal reason) {
    StringBuilder json = new StringBuilder(256);
    json.append("{\"type\":\"urn:postern:problem:").append(reason.errorCode());
    JsonText.appendString(json.append("\",\"title\":"), reason.title());
    json.append(",\"status\":").append(reason.status());
    JsonText.appendString(json.append(",\"detail\":"), reason.description());
    return json.append(",\"decision_id\":\"").append(decisionId).append("\"}").toString();
  }

  private HttpServerResponse head(int status, CharSequence type) {
    return request
        .response()
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, type)
        .putHeader(HttpHeaders.CACHE_CONTROL, NO_STORE)
        .putHeader(OAuthAnswers.DECISION_ID, decisionId);
  }

  /** Tells what was decided, once for each request. */
  public void tell(DecisionEvent.Result result, @Nullable String clientId) {
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
                clientId != null,
                null,
                null,
                null,
                identifier,
                address,
                System.nanoTime() - startNanos,
                image.revision().number(),
                null));
  }
}
