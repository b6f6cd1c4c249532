package io.postern.http;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The collecting of requests' bodies, bounded in size and time. Confined to one event loop.
 *
 * <p>One timer watches all bodies that are on their way, as a timer for each request would cost as
 * much as the reading of it; so a body is refused up to {@value #SWEEP_MILLIS} ms after its time.
 */
final class RequestBodies {
  private static final long SWEEP_MILLIS = 500;

  private final int maxBytes;
  private final long maxNanos;
  // those on their way, the oldest first
  private final Set<RequestBody> receiving = new LinkedHashSet<>();

  /** Watches the bodies from now on, for as long as the deployment of the present verticle. */
  RequestBodies(Vertx vertx, int maxBytes, Duration atMost) {
    this.maxBytes = maxBytes;
    this.maxNanos = atMost.toNanos();
    vertx.setPeriodic(SWEEP_MILLIS, id -> refuseSlow(System.nanoTime()));
  }

  /**
   * Collects the body. Exactly one of the two handlers is called, once, on the request's event
   * loop; neither is if the client goes away first.
   *
   * @param onRefused is given 413 for a body that is too large, 408 for one that is too slow
   */
  void read(HttpServerRequest request, Handler<Buffer> onBody, Handler<Integer> onRefused) {
    RequestBody body = new RequestBody(request, onBody, onRefused);
    receiving.add(body);
    request.handler(body::append);
    request.endHandler(ignored -> body.end());
    request.exceptionHandler(ignored -> receiving.remove(body));
  }

  private void refuseSlow(long nanoTime) {
    for (RequestBody body : List.copyOf(receiving)) {
      if (nanoTime - body.startNanos < maxNanos) {
        return;
      }
      body.refuse(408);
    }
  }

  private final class RequestBody {
    private final HttpServerRequest request;
    private final Handler<Buffer> onBody;
    private final Handler<Integer> onRefused;
    private final long startNanos = System.nanoTime();
    // the first piece itself, as most bodies come in one; or a copy of all so far
    private @Nullable Buffer bytes;
    private boolean copied;

    RequestBody(HttpServerRequest request, Handler<Buffer> onBody, Handler<Integer> onRefused) {
      this.request = request;
      this.onBody = onBody;
      this.onRefused = onRefused;
    }

    void append(Buffer chunk) {
      Buffer before = bytes;
      if ((before == null ? 0 : before.length()) + chunk.length() > maxBytes) {
        refuse(413);
      } else if (before == null) {
        bytes = chunk;
      } else {
        bytes = (copied ? before : Buffer.buffer().appendBuffer(before)).appendBuffer(chunk);
        copied = true;
      }
    }

    void end() {
      if (receiving.remove(this)) {
        onBody.handle(bytes == null ? Buffer.buffer(0) : bytes);
      }
    }

    void refuse(int status) {
      if (receiving.remove(this)) {
        request.handler(null);
        onRefused.handle(status);
      }
    }
  }
}
