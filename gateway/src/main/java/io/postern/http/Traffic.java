package io.postern.http;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** What the public listener has open and has turned away, over all event loops. Thread-safe. */
public final class Traffic {
  private final AtomicInteger connections = new AtomicInteger();
  private final LongAdder refusedConnections = new LongAdder();
  private final LongAdder shedRequests = new LongAdder();

  /** Counts a connection unless there are {@code capacity} already; whether it was. */
  boolean tryOpen(int capacity) {
    if (connections.incrementAndGet() > capacity) {
      connections.decrementAndGet();
      refusedConnections.increment();
      return false;
    }
    return true;
  }

  void closed() {
    connections.decrementAndGet();
  }

  void shed() {
    shedRequests.increment();
  }

  /** Open connections. */
  int connections() {
    return connections.get();
  }

  /** Connections closed at once because there were too many. */
  long refusedConnections() {
    return refusedConnections.sum();
  }

  /** Requests answered with 503 because too many waited. */
  long shedRequests() {
    return shedRequests.sum();
  }
}
