package io.postern.decision;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The last decisions of one kind: a new one takes the place of the oldest. Thread-safe. */
final class DecisionRing {
  private final AtomicReferenceArray<@Nullable RememberedDecision> places;
  private final AtomicLong added = new AtomicLong();

  DecisionRing(int capacity) {
    this.places = new AtomicReferenceArray<>(capacity);
  }

  void add(DecisionEvent event) {
    int place = (int) (added.getAndIncrement() % places.length());
    places.setRelease(place, new RememberedDecision(event));
  }

  /** Hands over each that is there, in no order. */
  void forEach(Consumer<RememberedDecision> reader) {
    for (int i = 0; i < places.length(); i++) {
      RememberedDecision decision = places.getAcquire(i);
      if (decision != null) {
        reader.accept(decision);
      }
    }
  }
}
