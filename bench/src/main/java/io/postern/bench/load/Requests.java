package io.postern.bench.load;

import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Prepared requests in the order in which they are sent. Thread-safe. */
final class Requests {
  private final List<Request> prepared;
  private final boolean once;
  private final AtomicInteger sent = new AtomicInteger();

  private Requests(List<Request> prepared, boolean once) {
    this.prepared = prepared;
    this.once = once;
  }

  /** Each is sent once: it holds something that is used up. */
  static Requests once(List<Request> prepared) {
    return new Requests(prepared, true);
  }

  /** After the last comes the first again. */
  static Requests cycled(List<Request> prepared) {
    return new Requests(prepared, false);
  }

  /** The next request; null when they are used up. */
  @Nullable Request next() {
    int number = sent.getAndIncrement();
    if (once && number >= prepared.size()) {
      return null;
    }
    return prepared.get(Math.floorMod(number, prepared.size()));
  }
}
