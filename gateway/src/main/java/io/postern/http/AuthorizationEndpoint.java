package io.postern.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;

/** The authorization endpoint (RFC 6749 §3.1), which no grant uses yet. */
public final class AuthorizationEndpoint {
  private static final Buffer ANSWER =
      Buffer.buffer(
          "{\"error\":\"unsupported_response_type\","
              + "\"error_description\":\"no interactive grant is enabled\"}");

  /** Binds the route. */
  public void mount(PublicRoutes routes) {
    routes.below("/oauth2/authorize", this::handle);
  }

  private void handle(HttpServerRequest request) {
    if (!Answers.isRead(request)) {
      Answers.methodNotAllowed(request, "GET, HEAD");
      return;
    }
    request
        .response()
        .setStatusCode(400)
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/json")
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    Answers.end(request, ANSWER);
  }
}
