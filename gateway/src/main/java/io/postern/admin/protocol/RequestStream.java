package io.postern.admin.protocol;

import io.vertx.core.Promise;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * A request's body as it arrives: no more of it is in memory than what is read now, and the sender
 * waits for the reader. To be made before the request's first wait, and read on its virtual thread.
 */
final class RequestStream extends InputStream {
  private final HttpServerRequest request;
  private final long maxBytes;
  private Buffer chunk = Buffer.buffer();
  private int position;
  private long read;
  private boolean ended;
  private @Nullable Throwable failure;
  private @Nullable Promise<@Nullable Void> arrival;

  /**
   * @param maxBytes what is longer is a {@link ProblemException}, 413
   */
  RequestStream(HttpServerRequest request, long maxBytes) {
    this.request = request;
    this.maxBytes = maxBytes;
    request.pause();
    request.handler(
        next -> {
          chunk = next;
          position = 0;
          arrived();
        });
    request.endHandler(
        end -> {
          ended = true;
          arrived();
        });
    request.exceptionHandler(
        e -> {
          failure = e;
          arrived();
        });
    if ("100-continue".equalsIgnoreCase(request.getHeader("Expect"))) {
      request.response().writeContinue();
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
  }

  @Override
  public int read(byte[] to, int offset, int length) throws IOException {
    while (position == chunk.length() && !ended) {
      awaitChunk();
    }
    int count = Math.min(length, chunk.length() - position);
    if (count == 0) {
      return length == 0 ? 0 : -1;
    }
    chunk.getBytes(position, position + count, to, offset);
    position += count;
    read += count;
    if (read > maxBytes) {
      throw Problem.of(
              413,
              "content-too-large",
              "Content too large",
              "This body has at most " + maxBytes + " bytes.")
          .exception();
    }
    return count;
  }

  private void awaitChunk() throws IOException {
    Throwable cause = failure;
    if (cause != null) {
      throw new IOException("the request broke off", cause);
    }
    Promise<@Nullable Void> next = Promise.promise();
    arrival = next;
    request.fetch(1);
    next.future().await();
  }

  private void arrived() {
    Promise<@Nullable Void> waiting = arrival;
    arrival = null;
    if (waiting != null) {
      waiting.complete();
    }
  }
}
