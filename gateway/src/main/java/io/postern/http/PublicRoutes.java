package io.postern.http;

import io.postern.oauth.Issuer;
import io.vertx.core.Handler;
import io.vertx.core.http.HttpServerRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/** Which path of the public listener is answered by what. Confined to one event loop. */
public final class PublicRoutes {
  private final String base;
  private final CrossOrigin crossOrigin;
  // a page that looks for a document sees that there is none
  private final Handler<HttpServerRequest> notFound = readable(Answers::notFound);
  private final Map<String, Handler<HttpServerRequest>> handlers = new HashMap<>();
  private final List<Prefix> prefixes = new ArrayList<>();

  private record Prefix(String path, BiConsumer<HttpServerRequest, String> handler) {}

  /**
   * @param issuer whose path most others begin with
   * @param crossOrigin what pages of other origins may do
   */
  public PublicRoutes(Issuer issuer, CrossOrigin crossOrigin) {
    this.crossOrigin = crossOrigin;
    this.base = issuer.path();
  }

  /** Has a path below the issuer's answered, of whatever method. */
  void below(String path, Handler<HttpServerRequest> handler) {
    handlers.put(base + path, handler);
  }

  /**
   * Has everything answered whose path begins so, below the issuer's.
   *
   * @param path ends in a slash
   * @param handler is given what follows it, as it stands in the request
   */
  public void allBelow(String path, BiConsumer<HttpServerRequest, String> handler) {
    prefixes.add(new Prefix(base + path, handler));
  }

  /**
   * Has a path below the issuer's answered for clients, so that pages of named origins may be
   * clients.
   */
  void forClients(String path, Handler<HttpServerRequest> handler) {
    below(
        path,
        request -> {
          if (!crossOrigin.answersAtToken(request)) {
            handler.handle(request);
          }
        });
  }

  /** The same for a document that everybody may read, pages of any origin too. */
  void document(String path, Handler<HttpServerRequest> handler) {
    handlers.put(base + path, readable(handler));
  }

  /**
   * Has a well-known document answered that belongs to the issuer: the well-known part goes between
   * host and path (RFC 8615 §3, RFC 8414 §3).
   */
  void wellKnown(String name, Handler<HttpServerRequest> handler) {
    handlers.put("/.well-known/" + name + base, readable(handler));
  }

  private Handler<HttpServerRequest> readable(Handler<HttpServerRequest> handler) {
    return request -> {
      if (!crossOrigin.answersAtPublic(request)) {
        handler.handle(request);
      }
    };
  }

  void handle(HttpServerRequest request) {
    String path = request.path();
    Handler<HttpServerRequest> handler = path == null ? null : handlers.get(path);
    if (handler != null) {
      handler.handle(request);
      return;
    }
    for (Prefix prefix : prefixes) {
      if (path != null && path.startsWith(prefix.path)) {
        prefix.handler.accept(request, path.substring(prefix.path.length()));
        return;
      }
    }
    notFound.handle(request);
  }
}
