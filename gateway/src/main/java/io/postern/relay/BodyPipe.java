package io.postern.relay;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.streams.ReadStream;
import io.vertx.core.streams.WriteStream;

/**
 * Passes a body on, chunk by chunk, as fast as it is taken. It tells of each chunk before that is
 * written, and of each time that the writing can go on. Confined to one event loop.
 */
final class BodyPipe {
  /** Is told of what passes. */
  interface Watcher {
    /** A chunk is about to be written. */
    void chunk(Buffer chunk);

    /** What was written has been taken. */
    void drained();

    /** All has been written; the writing side is not ended yet. */
    void end();
  }

  private final ReadStream<Buffer> from;
  private final WriteStream<Buffer> to;
  private final Watcher watcher;
  private long bytes;
  private boolean stopped;

  BodyPipe(ReadStream<Buffer> from, WriteStream<Buffer> to, Watcher watcher) {
    this.from = from;
    this.to = to;
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
    // its failure is told to the exception handlers of its stream
    var _ = to.write(chunk);
    if (to.writeQueueFull()) {
      from.pause();
    }
  }

  private void end() {
    if (!stopped) {
      watcher.end();
    }
  }
}
