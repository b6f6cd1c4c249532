package io.postern.http;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerResponse;

/**
 * A large body that is written in pieces, as its reader takes them: the whole is there once for
 * all, and no more than the write queue is kept for one who is slow. Confined to the response's
 * event loop.
 */
final class PacedBody {
  private static final int PIECE = 32 * 1024;

  private final HttpServerResponse response;
  private final Buffer body;
  private int written;

  PacedBody(HttpServerResponse response, Buffer body) {
    this.response = response;
    this.body = body;
  }

  /**
   * Writes what the queue takes.
   *
   * @return whether that was the last; otherwise to be called again when it has drained
   */
  boolean write() {
    while (written < body.length() && !response.writeQueueFull()) {
      int end = Math.min(body.length(), written + PIECE);
      // a failure is told to the response's handlers
      var _ = response.write(body.slice(written, end));
      written = end;
    }
    return written == body.length();
  }
}
