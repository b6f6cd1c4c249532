package io.postern.command;

import io.postern.logging.LogOutput;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What must be closed when the process ends, the last opened first: on a signal, at any moment from
 * the installation on, or when the command gives up. Thread-safe.
 */
final class Shutdown implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Shutdown.class);

  private final Deque<AutoCloseable> parts = new ArrayDeque<>();
  private boolean clean = true;
  private volatile boolean givenUp;
  private volatile boolean signalled;

  private Shutdown() {}

  /** Begins to listen for signals. */
  static Shutdown install() {
    Shutdown shutdown = new Shutdown();
    Runtime.getRuntime().addShutdownHook(new Thread(shutdown::onSignal, "postern-shutdown"));
    return shutdown;
  }

  /** Adds what was opened, or is about to be. */
  synchronized void add(AutoCloseable part) {
    parts.push(part);
  }

  /**
   * Opens a part. A signal that comes meanwhile waits for that, so that nothing is left behind.
   *
   * @throws E what the opening throws
   */
  synchronized <T extends AutoCloseable, E extends Exception> T open(Opening<T, E> opening)
      throws E {
    T part = opening.open();
    parts.push(part);
    return part;
  }

  /** Opens a part. */
  @FunctionalInterface
  interface Opening<T extends AutoCloseable, E extends Exception> {
    T open() throws E;
  }

  /** Whether the process is about to end because of a signal. */
  boolean isSignalled() {
    return signalled;
  }

  /** Waits for the signal; the process ends meanwhile. */
  void awaitSignal() {
    try {
      new CountDownLatch(1).await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Closes everything, for a command that gives up; its own exit status stands. */
  @Override
  public void close() {
    closeParts();
    givenUp = true;
  }

  // The JVM would end with 143 after SIGTERM; a stop in good order is a success.
  private void onSignal() {
    if (!givenUp) {
      signalled = true;
      closeParts();
      LogOutput.close();
      Runtime.getRuntime().halt(clean ? 0 : 1);
    }
  }

  private synchronized void closeParts() {
    while (!parts.isEmpty()) {
      try {
        parts.pop().close();
      } catch (Throwable e) {
        // one part must not keep the others from being closed
        LOG.error("The stop was not in good order", e);
        clean = false;
      }
    }
  }
}
