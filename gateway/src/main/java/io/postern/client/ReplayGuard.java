package io.postern.client;

import java.time.Instant;
import java.util.function.Consumer;

/**
 * Remembers which assertions were used (RFC 7523 §3, {@code jti}). Thread-safe.
 *
 * <p>The answer is given to a callback, so that a guard may ask a store elsewhere; it comes exactly
 * once, on the caller's thread or later on the caller's event loop.
 */
public interface ReplayGuard {

  /** What a guard says of an assertion. */
  enum Verdict {
    FIRST_USE,
    REPLAYED,
    /**
     * The guard cannot tell: its store is out of reach or full, or has forgotten uses of a time at
     * which this assertion was good already.
     */
    UNAVAILABLE
  }

  /** Uses an assertion up, atomically. */
  void use(AssertionUse use, Instant now, Consumer<Verdict> answer);
}
