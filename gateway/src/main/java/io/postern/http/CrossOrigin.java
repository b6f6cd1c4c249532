package io.postern.http;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * What browsers let pages of other origins do here (CORS, Fetch Standard §3.3): all may read what
 * is public, those that are named may ask for tokens. No cookies are here, so nothing is said of
 * credentials. Immutable.
 */
public final class CrossOrigin {
  private static final CharSequence ORIGIN = HttpHeaders.createOptimized("origin");
  private static final CharSequence ALLOW_ORIGIN =
      HttpHeaders.createOptimized("access-control-allow-origin");
  private static final CharSequence ANY = HttpHeaders.createOptimized("*");
  private static final CharSequence READ = HttpHeaders.createOptimized("GET, HEAD");
  private static final CharSequence ASK = HttpHeaders.createOptimized("POST");
  private static final CharSequence ASK_WITH =
      HttpHeaders.createOptimized("authorization, content-type, traceparent, tracestate");
  private static final CharSequence EXPOSED =
      HttpHeaders.createOptimized("postern-decision-id, retry-after, www-authenticate");
  // two hours: the most that Chromium keeps
  private static final CharSequence MAX_AGE = HttpHeaders.createOptimized("7200");

  private final Set<String> tokenOrigins;

  /**
   * @param tokenOrigins whose pages may ask for tokens, as browsers write origins
   * @throws IllegalArgumentException naming the first that is written otherwise
   */
  public CrossOrigin(List<String> tokenOrigins) {
    tokenOrigins.forEach(CrossOrigin::check);
    this.tokenOrigins = Set.copyOf(new LinkedHashSet<>(tokenOrigins));
  }

  /**
   * Adds what a page of a named origin needs in order to read the token endpoint's answer, whatever
   * that will be.
   *
   * @return whether this was a question before such a request, and is answered
   */
  boolean answersAtToken(HttpServerRequest request) {
    if (tokenOrigins.isEmpty()) {
      return false;
    }
    // a cache must not give one origin's answer to another
    HttpServerResponse response = request.response().putHeader(HttpHeaders.VARY, ORIGIN);
    String origin = request.getHeader(ORIGIN);
    if (origin == null || !tokenOrigins.contains(origin)) {
      return false;
    }
    response.putHeader(ALLOW_ORIGIN, origin);
    if (isPreflight(request)) {
      answer(response, ASK, ASK_WITH);
      return true;
    }
    response.putHeader(HttpHeaders.ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
    return false;
  }

  /** The same for what everybody may read. */
  boolean answersAtPublic(HttpServerRequest request) {
    HttpServerResponse response = request.response().putHeader(ALLOW_ORIGIN, ANY);
    if (isPreflight(request)) {
      answer(response, READ, ANY);
      return true;
    }
    return false;
  }

  private static boolean isPreflight(HttpServerRequest request) {
    return request.method().equals(HttpMethod.OPTIONS)
        && request.headers().contains(HttpHeaders.ACCESS_CONTROL_REQUEST_METHOD);
  }

  private static void answer(
      HttpServerResponse response, CharSequence methods, CharSequence headers) {
    response
        .setStatusCode(204)
        .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_METHODS, methods)
        .putHeader(HttpHeaders.ACCESS_CONTROL_ALLOW_HEADERS, headers)
        .putHeader(HttpHeaders.ACCESS_CONTROL_MAX_AGE, MAX_AGE)
        .end();
  }

  private static void check(String text) {
    String written = serialized(text);
    if (!written.equals(text)) {
      throw new IllegalArgumentException(
          "%s is not as browsers write an origin; write %s".formatted(text, written));
    }
  }

  // RFC 6454 §6.2: scheme, host and the port unless it is the scheme's own
  private static String serialized(String text) {
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      throw noOrigin(text);
    }
    if (uri.getScheme() == null || uri.getHost() == null || uri.getRawUserInfo() != null) {
      throw noOrigin(text);
    }
    String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    boolean isOwnPort =
        uri.getPort() == -1
            || (scheme.equals("https") && uri.getPort() == 443)
            || (scheme.equals("http") && uri.getPort() == 80);
    String host = uri.getHost().toLowerCase(Locale.ROOT);
    return scheme + "://" + host + (isOwnPort ? "" : ":" + uri.getPort());
  }

  private static IllegalArgumentException noOrigin(String text) {
    return new IllegalArgumentException(
        "%s is not an origin; name each one, as https://app.example.com".formatted(text));
  }
}
