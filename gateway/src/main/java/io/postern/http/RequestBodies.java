package io.postern.http;

import io.vertx.core.Handler;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The collecting of requests' bodies, bounded in size, sum and time. Confined to one event loop.
 *
 * <p>One timer watches all bodies that are on their way, as a timer for each request would cost as
 * much as the reading of it; so a body is refused up to {@value #SWEEP_MILLIS} ms after its time.
 */
public final class RequestBodies {
  /** The largest form, in bytes. */
  static final int MAX_FORM_BYTES = 64 * 1024;

  // by HTTP/2 one connection may send 100 bodies at a time
  private static final long MAX_HELD_BYTES = 32L * 1024 * 1024;

  private static final Duration MAX_FORM_TIME = Duration.ofSeconds(10);
  private static final long SWEEP_MILLIS = 500;

  private final Vertx vertx;
  private final BooleanSupplier draining;
  private final int maxBytes;
  private final long maxHeldBytes;
  private final long maxNanos;
  // those on their way, the oldest first
  private final SequencedSet<RequestBody> receiving = new LinkedHashSet<>();
  private long heldBytes;

  /**
   * For forms: {@value #MAX_FORM_BYTES} bytes and ten seconds each at most.
   *
   * @param draining whether connections are about to be closed
   */
  public static RequestBodies ofForms(Vertx vertx, BooleanSupplier draining) {
    return new RequestBodies(vertx, MAX_FORM_BYTES, MAX_HELD_BYTES, MAX_FORM_TIME, draining);
  }

  /**
   * Watches the bodies from now on, for as long as the deployment of the present verticle.
   *
   * @param maxBytes of one body
   * @param maxHeldBytes of all that are on their way; past it the one that takes longest is refused
   * @param draining whether connections are about to be closed
   */
  RequestBodies(
      Vertx vertx, int maxBytes, long maxHeldBytes, Duration atMost, BooleanSupplier draining) {
    this.vertx = vertx;
    this.draining = draining;
    this.maxBytes = maxBytes;
    this.maxHeldBytes = maxHeldBytes;
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
    request.exceptionHandler(ignored -> body.leave());
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
        return;
      }
      if (before == null) {
        bytes = chunk;
      } else {
        bytes = (copied ? before : Buffer.buffer().appendBuffer(before)).appendBuffer(chunk);
        copied = true;
      }
      heldBytes += chunk.length();
      if (heldBytes > maxHeldBytes) {
        receiving.getFirst().refuse(408);
      }
    }

    void end() {
      if (!leave()) {
        return;
      }
      Buffer body = bytes == null ? Buffer.buffer(0) : bytes;
      if (draining.getAsBoolean()) {
        // Netty closes an HTTP/2 connection that is to end when its last request has been read: an
        // answer that was written during the reading, and so not flushed, would be lost
        vertx.runOnContext(ignored -> onBody.handle(body));
      } else {
        onBody.handle(body);
      }
    }

    void refuse(int status) {
      if (leave()) {
        request.handler(null);
        onRefused.handle(status);
      }
    }

    /** Ends the reading; whether it had not ended before. */
    boolean leave() {
      if (!receiving.remove(this)) {
        return false;
      }
      heldBytes -= bytes == null ? 0 : bytes.length();
      return true;
    }
  }
}
