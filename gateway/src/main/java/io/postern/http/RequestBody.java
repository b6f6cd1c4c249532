package io.postern.http;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;

/**
 * The collecting of a request's body, bounded in size and time.
 *
 * <p>Exactly one of the two handlers is called, once, on the request's event loop; neither is if
 * the client goes away first.
 */
final class RequestBody {
  private final HttpServerRequest request;
  private final int maxBytes;
  private final Handler<Buffer> onBody;
  private final Handler<Integer> onRefused;
  private final Vertx vertx;
  private final long timer;
  private final Buffer body = Buffer.buffer();
  private boolean done;

  private RequestBody(
      Vertx vertx,
      HttpServerRequest request,
      int maxBytes,
      Duration atMost,
      Handler<Buffer> onBody,
      Handler<Integer> onRefused) {
    this.vertx = vertx;
    this.request = request;
    this.maxBytes = maxBytes;
    this.onBody = onBody;
    this.onRefused = onRefused;
    this.timer = vertx.setTimer(atMost.toMillis(), id -> refuse(408));
  }

  /**
   * Collects the body.
   *
   * @param onRefused is given 413 for a body that is too large, 408 for one that is too slow
   */
  static void read(
      Vertx vertx,
      HttpServerRequest request,
      int maxBytes,
      Duration atMost,
      Handler<Buffer> onBody,
      Handler<Integer> onRefused) {
    RequestBody body = new RequestBody(vertx, request, maxBytes, atMost, onBody, onRefused);
    request.handler(body::append);
    request.endHandler(ignored -> body.end());
    request.exceptionHandler(ignored -> body.finish());
  }

  private void append(Buffer chunk) {
    if (body.length() + chunk.length() > maxBytes) {
      refuse(413);
    } else if (!done) {
      body.appendBuffer(chunk);
    }
  }

  private void end() {
    if (finish()) {
      onBody.handle(body);
    }
  }

  private void refuse(int status) {
    if (finish()) {
      request.handler(null);
      onRefused.handle(status);
    }
  }

  private boolean finish() {
    boolean first = !done;
    done = true;
    if (first) {
      vertx.cancelTimer(timer);
    }
    return first;
  }
}
