package io.postern.verifier;

import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Follows the issuer's lines: one cycle after the other, by a stream or by polls, each of which may
 * end at any time. Runs on a thread of its own until that is interrupted.
 */
final class LineFollower implements Runnable {
  private static final Logger LOG = System.getLogger("io.postern.verifier");
  // A line that was dropped is not told of, only missing from the next whole.
  private static final Duration STREAM_LIFE = Duration.ofHours(1);
  private static final Duration LONGEST_EVENT = Duration.ofSeconds(60);
  private static final Duration POLLS_INSTEAD = Duration.ofMinutes(5);
  private static final Duration SETTLED = Duration.ofSeconds(10);

  private final KeyCache keys;
  private final LineSource source;
  private final LineIntake intake;
  private final LineWatch watch;
  private final boolean byStream;
  private final Pace pace;
  private final LongSupplier nanoTime;
  private final Backoff backoff;
  // whether this cycle had a document
  private boolean good;
  private boolean streamFailed;
  private boolean failing;

  /**
   * @param keys there are none to verify lines by before it has some
   * @param byStream whether to try a stream before polls
   */
  LineFollower(
      KeyCache keys,
      LineSource source,
      LineIntake intake,
      LineWatch watch,
      boolean byStream,
      LongSupplier nanoTime) {
    this.keys = keys;
    this.source = source;
    this.intake = intake;
    this.watch = watch;
    this.byStream = byStream;
    this.pace = source.pace();
    this.nanoTime = nanoTime;
    this.backoff = new Backoff(pace.firstDelay(), pace.lastDelay());
  }

  @Override
  public void run() {
    try {
      keys.first().toCompletableFuture().get();
      // A listener of the service's may have taken the interrupt for its own.
      while (!keys.isClosed()) {
        cycle();
        Thread.sleep(backoff.next().toMillis());
      }
    } catch (InterruptedException | ExecutionException | CancellationException e) {
      LOG.log(Level.DEBUG, "Closed");
    }
  }

  private void cycle() throws InterruptedException {
    long started = nanoTime.getAsLong();
    good = false;
    try {
      if (byStream && !streamFailed) {
        stream();
      } else {
        streamFailed = false;
        poll(null);
      }
      failing = false;
    } catch (IOException | UnfitDocumentException | RuntimeException | Error e) {
      // even without the memory for a document: without this thread nothing is followed ever again
      LOG.log(failing ? Level.DEBUG : Level.WARNING, "Not-before lines cannot be read", e);
      failing = !good;
    }
    if (good && isOver(started, SETTLED)) {
      backoff.reset();
    }
  }

  private void stream() throws IOException, InterruptedException, UnfitDocumentException {
    HttpResponse<StreamBody> response;
    try {
      response = source.open();
    } catch (HttpTimeoutException e) {
      // a proxy that waits for the end before it begins
      streamFailed = true;
      throw e;
    }
    try (StreamBody body = response.body()) {
      // until there is a document: a proxy that keeps the stream to itself, an issuer without one
      streamFailed = response.statusCode() < 500;
      if (LineSource.isEvents(response)) {
        follow(body);
      } else if (LineSource.isDocument(response)) {
        byte[] document = body.readAll(pace.patience(), source.maxBytes());
        replace(LineSource.text(document), nanoTime.getAsLong());
        poll(LineSource.etag(response));
      } else {
        throw new IOException("the lines were answered with " + response.statusCode());
      }
    }
  }

  private void follow(StreamBody body)
      throws IOException, InterruptedException, UnfitDocumentException {
    EventStream stream = new EventStream(source.maxBytes());
    List<EventStream.Event> events = new ArrayList<>();
    long started = nanoTime.getAsLong();
    long heard = started;
    List<ByteBuffer> bytes = body.next(pace.patience());
    while (bytes != null && !isOver(started, STREAM_LIFE)) {
      // What takes long to be read was true when it came.
      long received = nanoTime.getAsLong();
      boolean whole = false;
      for (ByteBuffer buffer : bytes) {
        whole |= stream.feed(buffer, events::add);
      }
      for (EventStream.Event event : events) {
        take(event, received);
      }
      events.clear();
      // In half an event there may be what ends a token.
      if (good && whole) {
        heard = received;
        watch.heard(received);
      } else if (isOver(heard, LONGEST_EVENT)) {
        throw new IOException("the stream says nothing whole");
      }
      bytes = body.next(pace.patience());
    }
  }

  private void take(EventStream.Event event, long received)
      throws IOException, InterruptedException, UnfitDocumentException {
    if (event.name().equals("lines")) {
      replace(event.data(), received);
    } else if (event.name().equals("change")) {
      if (!good) {
        throw new UnfitDocumentException("a change came before the lines");
      }
      intake.change(event.data(), received);
    }
  }

  /**
   * Polls until one fails, or a stream is to be tried again.
   *
   * @param etag of the lines that are known; null for none
   */
  private void poll(@Nullable String etag)
      throws IOException, InterruptedException, UnfitDocumentException {
    long started = nanoTime.getAsLong();
    String present = etag;
    while (!(byStream && isOver(started, POLLS_INSTEAD))) {
      long asked = System.nanoTime();
      HttpResponse<byte[]> response = source.ask(present);
      long received = nanoTime.getAsLong();
      if (response.statusCode() == 304 && present != null) {
        watch.heard(received);
      } else if (LineSource.isDocument(response)) {
        replace(LineSource.text(response.body()), received);
        present = LineSource.etag(response);
      } else {
        throw new IOException("the lines were answered with " + response.statusCode());
      }
      // An issuer that does not wait, or has news all the time, is not asked all the time.
      long rest = pace.pollGap().toNanos() - (System.nanoTime() - asked);
      TimeUnit.NANOSECONDS.sleep(rest);
    }
  }

  private void replace(String compact, long received)
      throws IOException, InterruptedException, UnfitDocumentException {
    intake.replace(compact, received);
    good = true;
    streamFailed = false;
  }

  private boolean isOver(long startedNanos, Duration life) {
    return nanoTime.getAsLong() - startedNanos >= life.toNanos();
  }
}
