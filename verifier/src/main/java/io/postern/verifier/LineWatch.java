package io.postern.verifier;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The lines that are known, and whether they are known well enough. Written by the follower, read
 * by whoever verifies. Thread-safe.
 */
final class LineWatch {
  private static final Logger LOG = System.getLogger("io.postern.verifier");

  private final Duration maxSilence;
  private final WhenSilent whenSilent;
  private final VerifierListener listener;
  private final LongSupplier nanoTime;
  private final CompletableFuture<Void> first = new CompletableFuture<>();
  private volatile @Nullable Lines lines;
  private volatile long heardNanos;
  // guarded by this
  private boolean told;
  private boolean lost;

  LineWatch(
      Duration maxSilence,
      WhenSilent whenSilent,
      VerifierListener listener,
      LongSupplier nanoTime) {
    this.maxSilence = maxSilence;
    this.whenSilent = whenSilent;
    this.listener = listener;
    this.nanoTime = nanoTime;
    this.heardNanos = nanoTime.getAsLong();
  }

  /** Why a token is refused by the lines, or for want of them; null when it is not. */
  @Nullable Reason refusal(TokenIds ids) {
    // Before the lines are looked at: what was heard after that does not speak for these.
    boolean followed = isFollowed();
    Lines known = lines;
    if (known != null && known.hasEnded(ids)) {
      return Reason.ENDED;
    }
    return whenSilent == WhenSilent.FAIL_CLOSED && !followed ? Reason.LINES_UNKNOWN : null;
  }

  /** Whether there are lines, and the issuer was heard within the silence that is allowed. */
  boolean isFollowed() {
    return lines != null && silence().compareTo(maxSilence) <= 0;
  }

  /** The lines; null before the first. */
  @Nullable Lines lines() {
    return lines;
  }

  /** Since the issuer was heard, or since the start. */
  Duration silence() {
    return Duration.ofNanos(nanoTime.getAsLong() - heardNanos);
  }

  /** When there are lines for the first time. */
  CompletionStage<Void> first() {
    return first;
  }

  /**
   * Puts other lines in the place of those that are known.
   *
   * @param receivedNanos when they came
   */
  void publish(Lines next, long receivedNanos) {
    lines = next;
    heard(receivedNanos);
    look();
    first.complete(null);
  }

  /** The issuer was heard then: nothing had changed but what was said. */
  void heard(long receivedNanos) {
    heardNanos = receivedNanos;
  }

  /** Tells the listener once that the lines are followed, and once that they are lost. */
  synchronized void look() {
    boolean followed = isFollowed();
    if (followed && (lost || !told)) {
      lost = false;
      told = true;
      int known = size();
      LOG.log(Level.INFO, "Not-before lines are followed: {0}", known);
      tell(() -> listener.linesFollowed(known));
    } else if (!followed && !lost && silence().compareTo(maxSilence) > 0) {
      lost = true;
      LOG.log(
          Level.WARNING,
          "Not-before lines could not be followed for {0}: tokens {1}",
          maxSilence,
          whenSilent == WhenSilent.FAIL_CLOSED ? "are refused" : "count by what is known");
      tell(() -> listener.linesLost(maxSilence));
    }
  }

  /** How many lines are known. */
  int size() {
    Lines known = lines;
    return known == null ? 0 : known.size();
  }

  private static void tell(Runnable event) {
    try {
      event.run();
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "The listener failed", e);
    }
  }
}
