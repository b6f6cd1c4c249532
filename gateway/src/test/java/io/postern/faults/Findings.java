package io.postern.faults;

import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.LongAdder;

/** What a checker has counted and found wrong so far. Thread-safe. */
final class Findings {
  private static final int KEPT = 20;

  private final List<String> faults = new CopyOnWriteArrayList<>();
  private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

  /** Notes what must not be. */
  void fault(String text) {
    count("faults");
    if (faults.size() < KEPT) {
      faults.add(text);
    }
  }

  void count(String what) {
    counts.computeIfAbsent(what, name -> new LongAdder()).increment();
  }

  long counted(String what) {
    LongAdder count = counts.get(what);
    return count == null ? 0 : count.sum();
  }

  /** The first of what must not be, since this was last asked. */
  List<String> takeFaults() {
    List<String> taken = List.copyOf(faults);
    faults.clear();
    return taken;
  }
}
