package io.postern.relay;

import io.vertx.core.MultiMap;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.streams.ReadStream;
import io.vertx.core.streams.WriteStream;
import org.jspecify.annotations.Nullable;

/**
 * Passes a body on, chunk by chunk, as fast as it is taken. It tells of each chunk before that is
 * written, and of each time that the writing can go on. Confined to one event loop.
 */
final class BodyPipe {
  /** The length of a body that does not tell it. */
  static final long UNKNOWN = -1;

  /** Is told of what passes. */
  interface Watcher {
    /** A chunk is about to be passed on. */
    void chunk(Buffer chunk);

    /** What was written has been taken. */
    void drained();

    /**
     * All has come; the writing side is not ended yet.
     *
     * @param last what is still to be written; null when nothing is
     */
    void end(@Nullable Buffer last);
  }

  private final ReadStream<Buffer> from;
  private final WriteStream<Buffer> to;
  private final long length;
  private final Watcher watcher;
  private long bytes;
  private boolean stopped;

  /**
   * @param length of the whole body, so that its last chunk goes out with its end; {@link #UNKNOWN}
   *     when it is not known
   */
  BodyPipe(ReadStream<Buffer> from, WriteStream<Buffer> to, long length, Watcher watcher) {
    this.from = from;
    this.to = to;
    this.length = length;
    this.watcher = watcher;
  }

  /** Passes on from now on. */
  void start() {
    to.drainHandler(
        ignored -> {
          watcher.drained();
          from.resume();
        });
    from.handler(this::pass).endHandler(ignored -> end());
    from.resume();
  }

  /** The length that a message's {@code Content-Length} tells (RFC 9112 §6.3). */
  static long lengthOf(MultiMap headers) {
    String length = headers.get(HttpHeaders.CONTENT_LENGTH);
    try {
      return length == null ? UNKNOWN : Long.parseLong(length);
    } catch (NumberFormatException e) {
      return UNKNOWN;
    }
  }

  /** Passes on no more; what still comes is dropped. */
  void stop() {
    stopped = true;
  }

  /** How much has passed. */
  long bytes() {
    return bytes;
  }

  private void pass(Buffer chunk) {
    if (stopped) {
      return;
    }
    bytes += chunk.length();
    watcher.chunk(chunk);
    if (bytes == length) {
      stopped = true;
      watcher.end(chunk);
      return;
    }
    // its failure is told to the exception handlers of its stream
    var _ = to.write(chunk);
    if (to.writeQueueFull()) {
      from.pause();
    }
  }

  private void end() {
    if (!stopped) {
      watcher.end(null);
    }
  }
}
