package io.postern.sync;

import io.postern.change.Revision;
import io.postern.change.RevisionGate;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Those who wait for a revision, and the last one published. Thread-safe. */
public final class PublishedRevisions implements RevisionGate {
  private final NavigableMap<Revision, List<CompletableFuture<Void>>> waiting = new TreeMap<>();
  private Revision last = Revision.NONE;

  @Override
  public synchronized CompletionStage<Void> reached(Revision revision) {
    if (last.includes(revision)) {
      return CompletableFuture.completedStage(null);
    }
    CompletableFuture<Void> waiter = new CompletableFuture<>();
    waiting.computeIfAbsent(revision, key -> new ArrayList<>(1)).add(waiter);
    return waiter;
  }

  /** Notes a published revision and wakes those who waited for it. */
  void advance(Revision revision) {
    List<CompletableFuture<Void>> due = new ArrayList<>();
    synchronized (this) {
      last = revision;
      NavigableMap<Revision, List<CompletableFuture<Void>>> reached =
          waiting.headMap(revision, true);
      reached.values().forEach(due::addAll);
      reached.clear();
    }
    due.forEach(waiter -> waiter.complete(null));
  }
}
