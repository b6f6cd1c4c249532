package io.postern.http;

import io.vertx.core.Vertx;
import io.vertx.core.http.HttpConnection;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpServerRequest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The connections of one event loop: bounded in number, and in the time that each may stay open
 * without a request. That time counts from request to request, so a head that comes a byte at a
 * time does not prolong it. Confined to that event loop.
 */
public final class OpenConnections {
  /** One that is idle is closed this part of its time late at most. */
  private static final int SWEEPS = 15;

  // RFC 9113 §7
  private static final long NO_ERROR = 0;

  private final Traffic traffic;
  private final int capacity;
  private final long idleNanos;
  private final Map<HttpConnection, LastRequest> open = new HashMap<>();
  // those of HTTP/2 whose client knows that there will be an end
  private final Set<HttpConnection> leaving = new HashSet<>();

  private static final class LastRequest {
    private long nanoTime = System.nanoTime();
    private int held;
  }

  /**
   * Watches the connections from now on, for as long as the deployment of the present verticle.
   *
   * @param traffic of all event loops
   * @param capacity the most connections of all event loops
   * @param idle how long a connection may have no request
   */
  OpenConnections(Vertx vertx, Traffic traffic, int capacity, Duration idle) {
    this.traffic = traffic;
    this.capacity = capacity;
    this.idleNanos = idle.toNanos();
    vertx.setPeriodic(idle.dividedBy(SWEEPS).toMillis(), id -> closeIdle(System.nanoTime()));
  }

  /** Takes a new connection, or closes it when there are too many. */
  void accept(HttpConnection connection) {
    if (!traffic.tryOpen(capacity)) {
      connection.close();
      return;
    }
    open.put(connection, new LastRequest());
    connection.closeHandler(
        ignored -> {
          open.remove(connection);
          leaving.remove(connection);
          traffic.closed();
        });
  }

  /** Notes that a request has come. */
  void noteRequest(HttpConnection connection) {
    LastRequest last = open.get(connection);
    if (last != null) {
      last.nanoTime = System.nanoTime();
    }
  }

  /**
   * Keeps a connection open, however long an answer on it takes, until it is {@link #release}d as
   * often.
   */
  public void hold(HttpConnection connection) {
    LastRequest last = open.get(connection);
    if (last != null) {
      last.held++;
    }
  }

  /** Has the time of a connection count again, from now. */
  public void release(HttpConnection connection) {
    LastRequest last = open.get(connection);
    if (last != null) {
      last.held--;
      last.nanoTime = System.nanoTime();
    }
  }

  /** Has the client of this request, which is still answered, send its next one elsewhere. */
  void sendElsewhere(HttpServerRequest request) {
    switch (request.version()) {
      case HTTP_1_0, HTTP_1_1 ->
          request.response().putHeader(HttpHeaders.CONNECTION, HttpHeaders.CLOSE);
      case HTTP_2 -> {
        // RFC 9113 §6.8: what is on its way already still comes, and is answered
        HttpConnection connection = request.connection();
        if (open.containsKey(connection) && leaving.add(connection)) {
          connection.goAway(NO_ERROR, Integer.MAX_VALUE);
        }
      }
    }
  }

  /** Takes no more requests from those that were sent elsewhere, and tells which was the last. */
  void refuseNext() {
    leaving.forEach(connection -> connection.goAway(NO_ERROR));
  }

  private void closeIdle(long nanoTime) {
    List<HttpConnection> idle = new ArrayList<>();
    open.forEach(
        (connection, last) -> {
          if (last.held == 0 && nanoTime - last.nanoTime > idleNanos) {
            idle.add(connection);
          }
        });
    idle.forEach(HttpConnection::close);
  }
}
