package io.postern.tls;

import io.vertx.core.http.HttpHeaders;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;

/**
 * The demand for a client certificate. The handshake has verified one that was shown; here one must
 * have been. Not in the handshake itself, as the kubelet's health checks have none to show.
 */
public final class ClientCertificates {
  private ClientCertificates() {}

  /** Guards all routes that are bound after this. */
  public static void require(Router router) {
    router
        .route()
        .handler(
            context -> {
              if (isVerified(context.request().sslSession())) {
                context.next();
              } else {
                refuse(context);
              }
            });
  }

  private static boolean isVerified(SSLSession session) {
    try {
      return session != null && session.getPeerCertificates().length > 0;
    } catch (SSLPeerUnverifiedException e) {
      return false;
    }
  }

  private static void refuse(RoutingContext context) {
    context
        .response()
        .setStatusCode(403)
        .putHeader(HttpHeaders.CONTENT_TYPE, "application/problem+json")
        .end(
            new JsonObject()
                .put("type", "urn:postern:problem:client-certificate-required")
                .put("title", "Client certificate required")
                .put("status", 403)
                .put("detail", "Connect with a client certificate that this listener trusts.")
                .encode());
  }
}
