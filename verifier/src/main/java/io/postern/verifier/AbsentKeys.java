package io.postern.verifier;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Which keys are worth a reading of the JWK Set. Whoever forges tokens chooses their {@code kid},
 * so readings for unknown ones have a gap between them, whatever the {@code kid}, and one that was
 * looked for and not found is not looked for again for a while. Thread-safe.
 */
final class AbsentKeys {
  private static final int REMEMBERED = 256;
  private static final Duration ABSENT_FOR = Duration.ofMinutes(1);

  private final long gapNanos;
  private final Map<String, Long> absentSince =
      new LinkedHashMap<>() {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
          return size() > REMEMBERED;
        }
      };
  private boolean readBefore;
  private long lastNanos;

  AbsentKeys(Duration gap) {
    this.gapNanos = gap.toNanos();
  }

  /** Whether that key was looked for a while ago, and was not there. */
  synchronized boolean contains(String kid, long nanoTime) {
    Long since = absentSince.get(kid);
    return since != null && nanoTime - since < ABSENT_FOR.toNanos();
  }

  /** Whether the set may be read for an unknown key; if so, the gap begins. */
  synchronized boolean mayRead(long nanoTime) {
    if (readBefore && nanoTime - lastNanos < gapNanos) {
      return false;
    }
    readBefore = true;
    lastNanos = nanoTime;
    return true;
  }

  /** It was looked for, and is not there. */
  synchronized void add(String kid, long nanoTime) {
    absentSince.remove(kid);
    absentSince.put(kid, nanoTime);
  }
}
