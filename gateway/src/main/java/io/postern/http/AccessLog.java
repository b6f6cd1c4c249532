package io.postern.http;

import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.ext.web.Router;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * A line for each request, when it has been answered or its connection has gone: no query, no
 * header field and no body. Thread-safe.
 */
public final class AccessLog {
  /** {@code logback.xml} has a queue for it, so that no event loop waits for a slow reader. */
  private static final Logger LOG = LoggerFactory.getLogger("io.postern.access");

  private static final int LONGEST_PATH = 256;

  private final ClientSource clientSource;

  public AccessLog(ClientSource clientSource) {
    this.clientSource = clientSource;
  }

  /** Tells of all requests that the router is given from now on, whatever becomes of them. */
  public void mount(Router router) {
    router
        .route()
        .order(Integer.MIN_VALUE)
        .handler(
            context -> {
              long began = System.nanoTime();
              context.addEndHandler(done -> write(context.request(), done.succeeded(), began));
              context.next();
            });
  }

  /** Tells of one request. */
  void watch(HttpServerRequest request) {
    long began = System.nanoTime();
    request
        .response()
        .endHandler(ignored -> write(request, true, began))
        .exceptionHandler(ignored -> write(request, false, began));
  }

  private void write(HttpServerRequest request, boolean answered, long began) {
    HttpServerResponse response = request.response();
    String path = String.valueOf(request.path());
    LoggingEventBuilder line =
        LOG.atInfo()
            .addKeyValue("method", request.method().name())
            .addKeyValue(
                "path", path.length() > LONGEST_PATH ? path.substring(0, LONGEST_PATH) + "…" : path)
            // 499 is what nginx says of a client that did not wait for the answer
            .addKeyValue("status", answered ? response.getStatusCode() : 499)
            .addKeyValue("duration_ms", milliseconds(System.nanoTime() - began))
            .addKeyValue("bytes", response.bytesWritten())
            .addKeyValue("source", clientSource.addressOf(request));
    String decisionId = response.headers().get(OAuthAnswers.DECISION_ID);
    (decisionId == null ? line : line.addKeyValue("decision_id", decisionId)).log("Request");
  }

  private static double milliseconds(long nanos) {
    return (double) TimeUnit.NANOSECONDS.toMicros(nanos) / 1_000;
  }
}
