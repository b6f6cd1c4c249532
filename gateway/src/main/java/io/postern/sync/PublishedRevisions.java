package io.postern.sync;

import io.postern.change.Revision;
import io.postern.change.RevisionGate;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/** Those who wait for a revision, and the last one published. Thread-safe. */
public final class PublishedRevisions implements RevisionGate {
  private record Waiter(Revision revision, CompletableFuture<Boolean> answer) {}

  private final Set<Waiter> waiting = ConcurrentHashMap.newKeySet();
  private volatile Revision last = Revision.NONE;

  @Override
  public CompletionStage<Boolean> reached(Revision revision, Duration atMost) {
    Waiter waiter = new Waiter(revision, new CompletableFuture<>());
    waiting.add(waiter);
    // after it was added: either this sees the revision, or advance sees the waiter
    if (last.includes(revision)) {
      waiter.answer.complete(true);
    } else {
      waiter.answer.completeOnTimeout(false, atMost.toMillis(), TimeUnit.MILLISECONDS);
    }
    return waiter.answer.whenComplete((inTime, e) -> waiting.remove(waiter));
  }

  /** Notes a published revision and wakes those who waited for it. */
  void advance(Revision revision) {
    last = revision;
    for (Waiter waiter : waiting) {
      if (revision.includes(waiter.revision)) {
        waiter.answer.complete(true);
      }
    }
  }
}
