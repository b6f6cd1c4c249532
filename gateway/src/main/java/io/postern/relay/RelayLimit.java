package io.postern.relay;

import java.util.concurrent.atomic.AtomicInteger;

/** Counts the calls in progress of the whole gateway. Thread-safe. */
final class RelayLimit {
  private final int most;
  private final AtomicInteger calls = new AtomicInteger();

  RelayLimit(int most) {
    this.most = most;
  }

  /** Counts a call unless there are as many as may be; whether it was. */
  boolean tryBegin() {
    if (calls.incrementAndGet() > most) {
      calls.decrementAndGet();
      return false;
    }
    return true;
  }

  /** How many there are. */
  int calls() {
    return calls.get();
  }

  void end() {
    calls.decrementAndGet();
  }
}
