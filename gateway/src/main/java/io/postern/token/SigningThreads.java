package io.postern.token;

import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Threads for signatures that would keep an event loop for too long. Thread-safe. */
@FunctionalInterface
public interface SigningThreads {

  /**
   * Does the work on one of the threads.
   *
   * @param then is given the result once, on the caller's event loop; null when the work threw
   */
  <T> void run(Supplier<T> work, Consumer<@Nullable T> then);
}
