package io.postern.faults;

import java.util.ArrayList;
import java.util.List;

/**
 * Something that is on or off, and what those who turn it know of when: an agent's status, the life
 * of a secret, a scope in a grant. Off at first. One thread at a time turns it; any may ask. Times
 * are of {@link System#nanoTime}.
 */
final class Switch {
  private static final long NEVER = Long.MAX_VALUE;
  private static final long REMEMBERED = 120_000_000_000L;

  private enum Known {
    NOT_YET,
    COMMITTED,
    EVERYWHERE
  }

  private static final class Change {
    private final boolean on;
    private final long began;
    private Known known = Known.NOT_YET;
    private long answered = NEVER;

    private Change(boolean on, long began) {
      this.on = on;
      this.began = began;
    }

    private long visibleFrom(Weather weather) {
      return switch (known) {
        case NOT_YET -> NEVER;
        case COMMITTED -> weather.visibleFrom(answered);
        case EVERYWHERE -> answered;
      };
    }
  }

  private final List<Change> changes = new ArrayList<>();
  private long uncertainSince = NEVER;

  Switch() {
    Change first = new Change(false, Long.MIN_VALUE);
    first.known = Known.EVERYWHERE;
    first.answered = Long.MIN_VALUE;
    changes.add(first);
  }

  /** A write is about to be sent. */
  synchronized void turning(boolean on) {
    long now = System.nanoTime();
    while (changes.size() > 8 && now - changes.get(1).began > REMEMBERED) {
      changes.removeFirst();
    }
    changes.add(new Change(on, now));
  }

  /** It was answered: committed and, if so, in force on every replica. */
  synchronized void turned(boolean everywhere) {
    Change last = changes.getLast();
    last.known = everywhere ? Known.EVERYWHERE : Known.COMMITTED;
    last.answered = System.nanoTime();
  }

  /** It was answered that nothing was changed. */
  synchronized void unchanged() {
    changes.removeLast();
  }

  /** Nobody knows what it is from now on, or from when the write that hangs began. */
  synchronized void uncertain() {
    Change last = changes.getLast();
    if (uncertainSince == NEVER) {
      uncertainSince = last.known == Known.NOT_YET ? last.began : System.nanoTime();
    }
  }

  synchronized boolean isUncertain() {
    return uncertainSince != NEVER;
  }

  /** The database says what it is, and nothing is on its way. */
  synchronized void settle(boolean on) {
    long since = Math.min(uncertainSince, System.nanoTime());
    changes.add(new Change(!on, since));
    Change found = new Change(on, since);
    found.known = Known.COMMITTED;
    found.answered = System.nanoTime();
    changes.add(found);
    uncertainSince = NEVER;
  }

  /** Whatever it is by now is in force on every replica. */
  synchronized void inForce() {
    Change last = changes.getLast();
    last.known = Known.EVERYWHERE;
    last.answered = System.nanoTime();
  }

  /** What the last answered write made of it. */
  synchronized boolean isOn() {
    return changes.getLast().on;
  }

  /** Whether a request of that time, at any replica, may have found it so. */
  synchronized boolean mayBe(boolean on, long from, long to, Weather weather) {
    if (to >= uncertainSince) {
      return true;
    }
    for (Change change : changes.reversed()) {
      if (change.began <= to) {
        if (change.on == on) {
          return true;
        }
        if (change.visibleFrom(weather) <= from) {
          return false;
        }
      }
    }
    return false;
  }
}
