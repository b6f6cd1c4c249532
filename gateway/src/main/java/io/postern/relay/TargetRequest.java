package io.postern.relay;

import io.postern.vault.RelayTarget;
import io.postern.vault.TargetPath;
import io.postern.vault.VaultRefusal;
import io.vertx.core.MultiMap;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a target is to be asked: method and path, which it allows, and the query, without the value.
 */
sealed interface TargetRequest {

  /** A request that may be made. */
  record Allowed(RelayTarget target, String method, String path, @Nullable String query)
      implements TargetRequest {

    /** Path and query, with the value when it goes there. */
    String uri(String value) {
      String parameter = target.queryParameter();
      String sent = parameter == null ? query : TargetQuery.with(query, parameter, value);
      return sent == null ? path : path + '?' + sent;
    }

    /** The value of the target's header field; null when the value goes into the query. */
    @Nullable String fieldValue(String value) {
      return target.header() == null ? null : target.prefix() + value;
    }
  }

  /** A request that may not. */
  record Refused(VaultRefusal reason) implements TargetRequest {}

  /**
   * Decides.
   *
   * @param rest the path below the target's base, as it stands in the request: empty or from its
   *     slash
   * @param allowHttp whether the target may be without TLS
   */
  static TargetRequest of(
      HttpServerRequest request, String rest, RelayTarget target, boolean allowHttp) {
    if (!target.tls() && !allowHttp) {
      return new Refused(VaultRefusal.HTTP_FORBIDDEN);
    }
    if (asksForWebSocket(request.headers())) {
      return new Refused(VaultRefusal.UPGRADE_NOT_RELAYED);
    }
    return of(request.method().name(), rest, request.query(), target);
  }

  /**
   * The same by the request line alone.
   *
   * @param query as it stands in the request; null when there is none
   */
  static TargetRequest of(String method, String rest, @Nullable String query, RelayTarget target) {
    String normal = TargetPath.findNormal(rest);
    if (normal == null) {
      return new Refused(VaultRefusal.UNCLEAR_PATH);
    }
    if (query != null && !TargetQuery.isClear(query, target.queryParameter())) {
      return new Refused(VaultRefusal.UNCLEAR_QUERY);
    }
    // RFC 9110 §9.3.8: TRACE answers with what the target was sent, which is the value too
    if (method.equals("TRACE") || !target.allows(method, normal)) {
      return new Refused(VaultRefusal.NOT_ALLOWED_AT_TARGET);
    }
    String path = target.basePath() + normal;
    return new Allowed(target, method, path.isEmpty() ? "/" : path, query);
  }

  // Other upgrades may be passed over (RFC 9110 §7.8), as clients of HTTP/1.1 offer h2c.
  private static boolean asksForWebSocket(MultiMap headers) {
    String upgrade = headers.get(HttpHeaders.UPGRADE);
    return upgrade != null && upgrade.toLowerCase(Locale.ROOT).contains("websocket");
  }
}
