package io.postern.verifier;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * A body that one thread reads as it comes, and does not wait for longer than it wants to: the
 * JDK's own stream has no such limit, and a connection that is dead says nothing for ever. No more
 * than one piece waits here.
 */
final class StreamBody implements HttpResponse.BodySubscriber<StreamBody>, AutoCloseable {
  /** What comes: bytes, or the end with or without a failure. */
  private record Piece(List<ByteBuffer> bytes, boolean last, @Nullable Throwable failure) {}

  private final BlockingQueue<Piece> pieces = new LinkedBlockingQueue<>();
  private final AtomicReference<Flow.@Nullable Subscription> subscription = new AtomicReference<>();

  @Override
  public CompletionStage<StreamBody> getBody() {
    return CompletableFuture.completedFuture(this);
  }

  @Override
  public void onSubscribe(Flow.Subscription subscription) {
    this.subscription.set(subscription);
    subscription.request(1);
  }

  @Override
  public void onNext(List<ByteBuffer> item) {
    pieces.add(new Piece(item, false, null));
  }

  @Override
  public void onError(Throwable throwable) {
    pieces.add(new Piece(List.of(), true, throwable));
  }

  @Override
  public void onComplete() {
    pieces.add(new Piece(List.of(), true, null));
  }

  /**
   * The next bytes; null at the end.
   *
   * @throws HttpTimeoutException when none came in time
   */
  @Nullable List<ByteBuffer> next(Duration patience) throws IOException, InterruptedException {
    Piece piece = pieces.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
    if (piece == null) {
      throw new HttpTimeoutException("nothing came for " + patience);
    }
    if (piece.failure != null) {
      throw new IOException("the stream broke off", piece.failure);
    }
    if (piece.last) {
      return null;
    }
    Flow.Subscription source = subscription.get();
    if (source != null) {
      source.request(1);
    }
    return piece.bytes;
  }

  /** The rest of the body as a whole. */
  byte[] readAll(Duration patience, int maxBytes) throws IOException, InterruptedException {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (var some = next(patience); some != null; some = next(patience)) {
      for (ByteBuffer buffer : some) {
        if (buffer.remaining() > maxBytes - all.size()) {
          throw new IOException("the answer is over " + maxBytes + " bytes");
        }
        byte[] chunk = new byte[buffer.remaining()];
        buffer.get(chunk);
        all.writeBytes(chunk);
      }
    }
    return all.toByteArray();
  }

  /** Leaves the stream, wherever it is. */
  @Override
  public void close() {
    Flow.Subscription source = subscription.get();
    if (source != null) {
      source.cancel();
    }
  }
}
