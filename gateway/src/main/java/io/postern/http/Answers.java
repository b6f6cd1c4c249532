package io.postern.http;

import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Route;
import io.vertx.ext.web.Router;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Objects;
import java.util.concurrent.TimeUnit;

/** Answers that several endpoints give. */
final class Answers {
  private static final int LINGER_SECONDS = 1;
  // RFC 9113 §7
  private static final long NO_ERROR = 0;

  private Answers() {}

  /** A JSON document that may be cached, with its entity tag. */
  record CacheableJson(Buffer body, String etag, String cacheControl) {

    static CacheableJson of(String json, long maxAgeSeconds) {
      return new CacheableJson(
          Buffer.buffer(json), etagOf(json), "public, max-age=" + maxAgeSeconds);
    }

    /** The same document, to be asked for again before each use (RFC 9111 §5.2.2.4). */
    CacheableJson uncached() {
      return new CacheableJson(body, etag, "no-cache");
    }

    /** Answers GET and HEAD, conditionally (RFC 9110 §13.1.2). */
    void answer(HttpServerRequest request) {
      if (!isRead(request)) {
        methodNotAllowed(request, "GET, HEAD");
        return;
      }
      request
          .response()
          .putHeader(HttpHeaders.ETAG, etag)
          .putHeader(HttpHeaders.CACHE_CONTROL, cacheControl);
      String known = request.getHeader(HttpHeaders.IF_NONE_MATCH);
      if (known != null && (known.equals("*") || known.contains(etag))) {
        request.response().setStatusCode(304).end();
        return;
      }
      request.response().putHeader(HttpHeaders.CONTENT_TYPE, "application/json");
      end(request, body);
    }

    private static String etagOf(String text) {
      try {
        byte[] hash =
            MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        return '"' + HexFormat.of().formatHex(hash, 0, 16) + '"';
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every JDK has SHA-256", e);
      }
    }
  }

  /** A route for what can be read: by GET and, as load balancers do, by HEAD (RFC 9110 §9.3.2). */
  static Route route(Router router, String path) {
    return router.route(path).method(HttpMethod.GET).method(HttpMethod.HEAD);
  }

  /** Ends an answer; one to HEAD has the header fields only (RFC 9110 §9.3.2). */
  static void end(HttpServerRequest request, Buffer body) {
    if (request.method().equals(HttpMethod.HEAD)) {
      request.response().putHeader(HttpHeaders.CONTENT_LENGTH, "" + body.length()).end();
    } else {
      request.response().end(body);
    }
  }

  /** The same with a body that may be large. To be called on the request's event loop. */
  static void endPaced(HttpServerRequest request, Buffer body) {
    HttpServerResponse response = request.response();
    response.putHeader(HttpHeaders.CONTENT_LENGTH, "" + body.length());
    PacedBody paced = new PacedBody(response, body);
    if (request.method().equals(HttpMethod.HEAD) || paced.write()) {
      response.end();
    } else {
      response.drainHandler(
          ignored -> {
            if (!response.ended() && paced.write()) {
              response.end();
            }
          });
    }
  }

  /**
   * Ends an answer to a request whose body is not read further, and its connection or stream. To be
   * called on the request's event loop.
   */
  static void endUnread(HttpServerRequest request, Buffer body) {
    switch (request.version()) {
      case HTTP_1_0, HTTP_1_1 -> {
        // RFC 9112 §9.6: no further request is taken, and the client has a moment to read the
        // answer
        request.connection().shutdown(LINGER_SECONDS, TimeUnit.SECONDS);
        request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE).end(body);
      }
      case HTTP_2 -> {
        request.response().end(body);
        // RFC 9113 §8.1: so that the client sends no more; at once, some would not read the answer
        Objects.requireNonNull(Vertx.currentContext(), "on an event loop")
            .owner()
            .timer(LINGER_SECONDS, TimeUnit.SECONDS)
            .onSuccess(ignored -> request.response().reset(NO_ERROR));
      }
    }
  }

  static boolean isRead(HttpServerRequest request) {
    return request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
  }

  static void methodNotAllowed(HttpServerRequest request, String allowed) {
    request.response().putHeader(HttpHeaders.ALLOW, allowed).setStatusCode(405).end();
  }

  static void notFound(HttpServerRequest request) {
    request.response().setStatusCode(404).end();
  }
}
