package io.postern.http;

import io.postern.oauth.JsonText;
import io.postern.oauth.Refusal;
import io.postern.token.TokenOutcome;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.util.EnumMap;
import java.util.Map;

/** What the endpoints that clients authenticate at answer alike (RFC 6749 §5). */
final class OAuthAnswers {
  /** The header of the answer by which its decision is found. */
  static final CharSequence DECISION_ID = HttpHeaders.createOptimized("postern-decision-id");

  static final CharSequence JSON = HttpHeaders.createOptimized("application/json");

  private static final CharSequence CHALLENGE =
      HttpHeaders.createOptimized("Basic realm=\"postern\", charset=\"UTF-8\"");
  private static final CharSequence WWW_AUTHENTICATE =
      HttpHeaders.createOptimized("www-authenticate");
  private static final CharSequence NO_STORE = HttpHeaders.createOptimized("no-store");
  private static final CharSequence NO_CACHE = HttpHeaders.createOptimized("no-cache");
  private static final CharSequence PRAGMA = HttpHeaders.createOptimized("pragma");
  private static final Map<Refusal, Buffer> REFUSALS = refusals();

  private OAuthAnswers() {}

  /** Begins an answer. RFC 6749 §5.1: neither tokens nor errors may be cached. */
  static HttpServerResponse head(
      HttpServerRequest request, int status, CharSequence type, String decisionId) {
    return request
        .response()
        .setStatusCode(status)
        .putHeader(HttpHeaders.CONTENT_TYPE, type)
        .putHeader(HttpHeaders.CACHE_CONTROL, NO_STORE)
        .putHeader(PRAGMA, NO_CACHE)
        .putHeader(DECISION_ID, decisionId);
  }

  /** Answers with an error (RFC 6749 §5.2). */
  static void refuse(HttpServerRequest request, TokenOutcome.Refused refused, String decisionId) {
    Refusal reason = refused.reason();
    HttpServerResponse response = head(request, reason.status(), JSON, decisionId);
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
