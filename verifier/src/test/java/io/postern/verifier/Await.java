package io.postern.verifier;

import java.time.Duration;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** Waits for what is sure to come, and not for ever. */
public final class Await {
  private static final Duration LONGEST = Duration.ofSeconds(10);

  private Await() {}

  /** Until it is so. */
  public static void until(BooleanSupplier condition) {
    long end = System.nanoTime() + LONGEST.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("it did not come to that in " + LONGEST);
      }
      LockSupport.parkNanos(2_000_000);
    }
  }

  /** What it completes with. */
  public static <T> T result(CompletionStage<T> stage) {
    try {
      return stage.toCompletableFuture().get(LONGEST.toSeconds(), TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }
}
