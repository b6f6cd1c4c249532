package io.postern.http;

import io.postern.index.GrantIndex;
import io.postern.oauth.JsonText;
import io.postern.oauth.MalformedTokenRequest;
import io.postern.oauth.OAuthError;
import io.postern.oauth.ParsedTokenRequest;
import io.postern.oauth.Refusal;
import io.postern.oauth.TokenRequest;
import io.postern.token.AccessTokenResponse;
import io.postern.token.TokenIssuer;
import io.postern.token.TokenOutcome;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The token endpoint (RFC 6749 §3.2). One for each event loop. */
final class TokenEndpoint {
  private static final Logger LOG = LoggerFactory.getLogger(TokenEndpoint.class);

  /** The largest body, in bytes. */
  static final int MAX_BODY_BYTES = 64 * 1024;

  // by HTTP/2 one connection may send 100 bodies at a time
  private static final long MAX_HELD_BYTES = 32L * 1024 * 1024;

  private static final Duration MAX_BODY_TIME = Duration.ofSeconds(10);
  private static final int RETRY_SECONDS = 5;
  private static final int SHED_RETRY_SECONDS = 1;
  private static final String FORM = "application/x-www-form-urlencoded";
  private static final CharSequence CHALLENGE =
      HttpHeaders.createOptimized("Basic realm=\"postern\", charset=\"UTF-8\"");
  private static final CharSequence WWW_AUTHENTICATE =
      HttpHeaders.createOptimized("www-authenticate");
  private static final CharSequence JSON = HttpHeaders.createOptimized("application/json");
  private static final CharSequence NO_STORE = HttpHeaders.createOptimized("no-store");
  private static final CharSequence NO_CACHE = HttpHeaders.createOptimized("no-cache");
  private static final CharSequence PRAGMA = HttpHeaders.createOptimized("pragma");
  private static final Map<Refusal, Buffer> REFUSALS = refusals();

  private final RequestBodies bodies;
  private final RequestQueue queue;
  private final Traffic traffic;
  private final GrantIndex index;
  private final TokenIssuer issuer;
  private final ClientSource clientSource;
  private final Duration maxStaleness;
  private final Clock clock;

  TokenEndpoint(
      Vertx vertx,
      RequestQueue queue,
      Traffic traffic,
      GrantIndex index,
      TokenIssuer issuer,
      ClientSource clientSource,
      Duration maxStaleness,
      BooleanSupplier draining,
      Clock clock) {
    this.bodies = new RequestBodies(vertx, MAX_BODY_BYTES, MAX_HELD_BYTES, MAX_BODY_TIME, draining);
    this.queue = queue;
    this.traffic = traffic;
    this.index = index;
    this.issuer = issuer;
    this.clientSource = clientSource;
    this.maxStaleness = maxStaleness;
    this.clock = clock;
  }

  void handle(HttpServerRequest request) {
    // RFC 6749 §3.2: the client must use POST
    if (!request.method().equals(HttpMethod.POST)) {
      request.response().putHeader(HttpHeaders.ALLOW, "POST");
      error(request, 405, OAuthError.INVALID_REQUEST, "the token endpoint takes POST");
      return;
    }
    if (!isForm(request.getHeader(HttpHeaders.CONTENT_TYPE))) {
      error(request, 400, OAuthError.INVALID_REQUEST, "the content type must be " + FORM);
      return;
    }
    if (request.query() != null && hasParameters(request)) {
      refuse(request, Refusal.PARAMETERS_IN_QUERY, 0);
      return;
    }
    bodies.read(
        request,
        body -> answer(request, body),
        status -> {
          noStore(request.response()).setStatusCode(status);
          Answers.endUnread(
              request,
              body(
                  OAuthError.INVALID_REQUEST,
                  status == 413 ? "the body is too large" : "the body took too long"));
        });
  }

  private void answer(HttpServerRequest request, Buffer body) {
    if (!queue.tryTake()) {
      traffic.shed();
      refuse(request, Refusal.OVERLOADED, SHED_RETRY_SECONDS);
      return;
    }
    try {
      List<String> authorization = request.headers().getAll(HttpHeaders.AUTHORIZATION);
      if (authorization.size() > 1) {
        refuse(request, Refusal.SEVERAL_AUTHENTICATION_METHODS, 0);
        return;
      }
      String header = authorization.isEmpty() ? null : authorization.getFirst();
      ParsedTokenRequest parsed = TokenRequest.parse(body.getBytes(), header);
      switch (parsed) {
        case MalformedTokenRequest malformed -> refuse(request, malformed.refusal(), 0);
        case TokenRequest tokenRequest -> issue(request, tokenRequest);
      }
    } catch (RuntimeException e) {
      fail(request, e);
    }
  }

  private static void fail(HttpServerRequest request, RuntimeException e) {
    LOG.error("The token endpoint failed", e);
    Answers.internalError(request);
  }

  private void issue(HttpServerRequest request, TokenRequest tokenRequest) {
    if (index.staleness(System.nanoTime()).compareTo(maxStaleness) > 0) {
      refuse(request, Refusal.INDEX_STALE, RETRY_SECONDS);
      return;
    }
    Instant now = clock.instant();
    issuer.issue(
        tokenRequest,
        index.image(),
        clientSource.of(request),
        now,
        outcome -> answer(request, outcome));
  }

  // perhaps called when the handler of the request has long returned: what it throws stays here
  private static void answer(HttpServerRequest request, TokenOutcome outcome) {
    try {
      switch (outcome) {
        case TokenOutcome.Issued issued -> succeed(request, issued.response());
        case TokenOutcome.Refused refused ->
            refuse(request, refused.reason(), refused.retryAfterSeconds());
      }
    } catch (RuntimeException e) {
      fail(request, e);
    }
  }

  private static void succeed(HttpServerRequest request, AccessTokenResponse token) {
    noStore(request.response())
        .setStatusCode(200)
        .end(Buffer.buffer(token.length()).appendBytes(token.array(), 0, token.length()));
  }

  private static void refuse(HttpServerRequest request, Refusal reason, int retryAfterSeconds) {
    HttpServerResponse response = noStore(request.response());
    int status = reason.error().status();
    if (status == 401) {
      // RFC 6749 §5.2, RFC 9110 §15.5.2: a 401 names the scheme to use
      response.putHeader(WWW_AUTHENTICATE, CHALLENGE);
    }
    if (retryAfterSeconds > 0) {
      response.putHeader(HttpHeaders.RETRY_AFTER, Integer.toString(retryAfterSeconds));
    }
    Buffer body = REFUSALS.get(reason);
    response.setStatusCode(status).end(body == null ? Buffer.buffer() : body);
  }

  private static void error(
      HttpServerRequest request, int status, OAuthError error, String description) {
    noStore(request.response()).setStatusCode(status);
    Answers.end(request, body(error, description));
  }

  // RFC 6749 §5.1: neither tokens nor errors may be cached
  private static HttpServerResponse noStore(HttpServerResponse response) {
    return response
        .putHeader(HttpHeaders.CONTENT_TYPE, JSON)
        .putHeader(HttpHeaders.CACHE_CONTROL, NO_STORE)
        .putHeader(PRAGMA, NO_CACHE);
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

  private static Map<Refusal, Buffer> refusals() {
    Map<Refusal, Buffer> bodies = new EnumMap<>(Refusal.class);
    for (Refusal refusal : Refusal.values()) {
      bodies.put(refusal, body(refusal.error(), refusal.description()));
    }
    return bodies;
  }

  private static Buffer body(OAuthError error, String description) {
    StringBuilder json = new StringBuilder("{\"error\":\"").append(error.code());
    json.append("\",\"error_description\":");
    return Buffer.buffer(JsonText.appendString(json, description).append('}').toString());
  }
}
