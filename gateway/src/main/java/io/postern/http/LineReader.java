package io.postern.http;

import static java.util.Objects.requireNonNull;

import io.vertx.core.Context;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import io.vertx.core.http.HttpVersion;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One reader of not-before lines by server-sent events (HTML, §9.2): it has the whole first, then
 * each change. One that is slow has the changes later, or the whole again where there were too
 * many; so no more than its write queue is kept for it. Confined to one event loop.
 */
final class LineReader {
  private static final Buffer HEARTBEAT = Buffer.buffer(":\n\n");
  private static final Duration BEATS_EVERY = Duration.ofSeconds(5);
  private static final Duration LONGEST_DELAY = Duration.ofSeconds(60);

  private final HttpServerRequest request;
  private final HttpServerResponse response;
  private final LineFeed feed;
  private final OpenConnections connections;
  private final Context context;
  private final Consumer<LineReader> ended;
  // what is being written; null when all is
  private @Nullable PacedBody event;
  // of the whole or the change that was begun last
  private long number;
  // for the whole
  private boolean asking;
  // whether there may be changes that it was not told of
  private boolean behind = true;
  private boolean over;
  private long lastWritten = System.nanoTime();

  /**
   * @param ended is told when it reads no more
   */
  LineReader(
      HttpServerRequest request,
      LineFeed feed,
      OpenConnections connections,
      Context context,
      Consumer<LineReader> ended) {
    this.request = request;
    this.response = request.response();
    this.feed = feed;
    this.connections = connections;
    this.context = context;
    this.ended = ended;
  }

  void start() {
    connections.hold(request.connection());
    feed.readers().incrementAndGet();
    response.closeHandler(ignored -> leave());
    response.exceptionHandler(ignored -> leave());
    response
        .putHeader(HttpHeaders.CONTENT_TYPE, "text/event-stream")
        .putHeader(HttpHeaders.CACHE_CONTROL, "no-store");
    if (request.version() == HttpVersion.HTTP_1_1) {
      response.setChunked(true);
    }
    response.drainHandler(ignored -> writeOn());
    ask();
  }

  private void ask() {
    asking = true;
    feed.whole().whenComplete((made, failure) -> context.runOnContext(ignored -> answered(made)));
  }

  private void answered(LineFeed.@Nullable Whole made) {
    asking = false;
    if (made == null) {
      end();
    } else {
      begin(made.number(), made.event());
      writeOn();
    }
  }

  /** Tells of a change, at once if it has all those before. */
  void tell(LineFeed.Told change) {
    if (change.number() <= number) {
      return;
    }
    if (event == null && !asking && !behind && change.event() != null) {
      begin(change.number(), change.event());
    } else {
      behind = true;
    }
    writeOn();
  }

  private void begin(long ofNumber, Buffer bytes) {
    number = ofNumber;
    event = new PacedBody(response, bytes);
  }

  private void writeOn() {
    while (!over && !asking && !response.writeQueueFull()) {
      if (event != null) {
        lastWritten = System.nanoTime();
        if (event.write()) {
          event = null;
        }
      } else if (behind) {
        catchUp();
      } else {
        return;
      }
    }
  }

  private void catchUp() {
    List<LineFeed.Told> since = feed.changesSince(number);
    if (since == null) {
      ask();
    } else if (since.isEmpty()) {
      behind = false;
    } else {
      LineFeed.Told next = since.getFirst();
      begin(next.number(), requireNonNull(next.event()));
    }
  }

  /** Says that all is well, when nothing else was said for a while. */
  void beat(long nanoTime) {
    if (response.writeQueueFull()) {
      if (nanoTime - lastWritten > LONGEST_DELAY.toNanos()) {
        // it does not read
        request.connection().close();
      }
    } else if (event == null && !asking && nanoTime - lastWritten > BEATS_EVERY.toNanos()) {
      lastWritten = nanoTime;
      var _ = response.write(HEARTBEAT);
    }
  }

  /** Ends the stream. */
  void end() {
    if (!over) {
      leave();
      response.end();
    }
  }

  private void leave() {
    if (!over) {
      over = true;
      feed.readers().decrementAndGet();
      connections.release(request.connection());
      ended.accept(this);
    }
  }
}
