package io.postern.http;

import io.postern.index.GrantIndex;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The not-before lines, for verifiers of tokens elsewhere: {@code GET /oauth2/revocations}, a JWT
 * of all. With {@code wait} and the entity tag that the reader has, it is answered when there is
 * something new; a reader that accepts events is told all, and then each change. Confined to one
 * event loop.
 */
public final class RevocationsEndpoint {
  private static final String TYPE = "application/jwt";
  private static final String EVENTS = "text/event-stream";
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(60);
  private static final long TICK_MILLIS = 1_000;
  private static final int RETRY_SECONDS = 2;

  private final LineFeed feed;
  private final GrantIndex index;
  private final BooleanSupplier draining;
  private final OpenConnections connections;
  private final Context context;
  private final Set<LineReader> readers = new HashSet<>();
  private final Set<Waiter> waiters = new HashSet<>();

  /** A reader that has what there is, and asks to be answered when there is more. */
  private record Waiter(HttpServerRequest request, long untilNanos) {
    // each is itself
    @Override
    public boolean equals(@Nullable Object other) {
      return this == other;
    }

    @Override
    public int hashCode() {
      return System.identityHashCode(this);
    }
  }

  /**
   * @param draining whether readers are to go elsewhere
   * @param connections of the event loop
   * @param context of the event loop, on which this is called
   */
  public RevocationsEndpoint(
      LineFeed feed,
      GrantIndex index,
      BooleanSupplier draining,
      OpenConnections connections,
      Context context) {
    this.feed = feed;
    this.index = index;
    this.draining = draining;
    this.connections = connections;
    this.context = context;
  }

  /** Binds the route, and tells readers from now on. */
  public void mount(PublicRoutes routes) {
    routes.document("/oauth2/revocations", this::handle);
    feed.subscribe(change -> context.runOnContext(ignored -> tell(change)));
    Vertx vertx = context.owner();
    vertx.setPeriodic(TICK_MILLIS, ignored -> tick(System.nanoTime()));
  }

  private void handle(HttpServerRequest request) {
    Duration wait = findWait(request);
    String etag = feed.etag();
    if (!Answers.isRead(request)) {
      Answers.methodNotAllowed(request, "GET, HEAD");
    } else if (wait == null) {
      request.response().setStatusCode(400).end("wait must be a duration up to PT60S");
    } else if (etag == null || isUnable()) {
      refuse(request);
    } else if (acceptsEvents(request)) {
      LineReader reader = new LineReader(request, feed, connections, context, readers::remove);
      readers.add(reader);
      reader.start();
    } else if (knows(request, etag) && !wait.isZero()) {
      wait(request, System.nanoTime() + wait.toNanos());
    } else {
      answer(request);
    }
  }

  // A gateway that may be behind says nothing rather than that all is well.
  private boolean isUnable() {
    return draining.getAsBoolean() || index.isStale(System.nanoTime());
  }

  private static void refuse(HttpServerRequest request) {
    request
        .response()
        .setStatusCode(503)
        .putHeader(HttpHeaders.RETRY_AFTER, "" + RETRY_SECONDS)
        .end();
  }

  private void wait(HttpServerRequest request, long untilNanos) {
    Waiter waiter = new Waiter(request, untilNanos);
    waiters.add(waiter);
    connections.hold(request.connection());
    request
        .response()
        .closeHandler(
            ignored -> {
              if (waiters.remove(waiter)) {
                connections.release(request.connection());
              }
            });
  }

  private void answer(HttpServerRequest request) {
    feed.whole()
        .whenComplete(
            (whole, failure) ->
                context.runOnContext(
                    ignored -> {
                      if (request.response().closed()) {
                        return;
                      }
                      if (whole == null) {
                        request.response().setStatusCode(500).end();
                      } else {
                        answer(request, whole);
                      }
                    }));
  }

  private static void answer(HttpServerRequest request, LineFeed.Whole whole) {
    HttpServerResponse response =
        request
            .response()
            .putHeader(HttpHeaders.ETAG, whole.etag())
            // RFC 9111 §5.2.2.4: to be asked for again before each use
            .putHeader(HttpHeaders.CACHE_CONTROL, "no-cache")
            .putHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT);
    if (knows(request, whole.etag())) {
      response.setStatusCode(304).end();
    } else {
      response.putHeader(HttpHeaders.CONTENT_TYPE, TYPE);
      Answers.endPaced(request, whole.document());
    }
  }

  private void tell(LineFeed.Told change) {
    List.copyOf(readers).forEach(reader -> reader.tell(change));
    release(Set.copyOf(waiters));
  }

  private void tick(long nanoTime) {
    Set<Waiter> over = new HashSet<>();
    for (Waiter waiter : waiters) {
      if (isUnable() || nanoTime - waiter.untilNanos >= 0) {
        over.add(waiter);
      }
    }
    release(over);
    for (LineReader reader : List.copyOf(readers)) {
      if (isUnable()) {
        reader.end();
      } else {
        reader.beat(nanoTime);
      }
    }
  }

  private void release(Set<Waiter> answered) {
    for (Waiter waiter : answered) {
      waiters.remove(waiter);
      connections.release(waiter.request.connection());
      if (isUnable()) {
        refuse(waiter.request);
      } else {
        answer(waiter.request);
      }
    }
  }

  private static boolean knows(HttpServerRequest request, String etag) {
    String known = request.getHeader(HttpHeaders.IF_NONE_MATCH);
    return known != null && (known.equals("*") || known.contains(etag));
  }

  private static boolean acceptsEvents(HttpServerRequest request) {
    String accept = request.getHeader(HttpHeaders.ACCEPT);
    return accept != null && accept.contains(EVENTS);
  }

  // null when it cannot be read
  private static @Nullable Duration findWait(HttpServerRequest request) {
    String text = request.getParam("wait");
    if (text == null) {
      return Duration.ZERO;
    }
    try {
      Duration wait = Duration.parse(text);
      return wait.isNegative() || wait.compareTo(LONGEST_WAIT) > 0 ? null : wait;
    } catch (DateTimeParseException e) {
      return null;
    }
  }
}
