package io.postern.http;

import io.postern.oauth.Issuer;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import java.util.HashMap;
import java.util.Map;

/** Which path of the public listener is answered by what. Confined to one event loop. */
public final class PublicRoutes {
  private final String base;
  private final Map<String, Handler<HttpServerRequest>> handlers = new HashMap<>();

  /**
   * @param issuer whose path most others begin with
   */
  public PublicRoutes(Issuer issuer) {
    this.base = issuer.path();
  }

  /** Has a path below the issuer's answered, of whatever method. */
  void below(String path, Handler<HttpServerRequest> handler) {
    handlers.put(base + path, handler);
  }

  /**
   * Has a well-known document answered that belongs to the issuer: the well-known part goes between
   * host and path (RFC 8615 §3, RFC 8414 §3).
   */
  void wellKnown(String name, Handler<HttpServerRequest> handler) {
    handlers.put("/.well-known/" + name + base, handler);
  }

  void handle(HttpServerRequest request) {
    String path = request.path();
    Handler<HttpServerRequest> handler = path == null ? null : handlers.get(path);
    if (handler == null) {
      Answers.notFound(request);
    } else {
      handler.handle(request);
    }
  }
}
