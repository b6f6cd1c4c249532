package io.postern.bench.load;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Deque;
import java.util.stream.Stream;

/**
 * A temporary directory and what runs in it: all of it ends with this, the last first, or with the
 * JVM if that is told to stop. Thread-safe.
 */
final class Workbench implements AutoCloseable {
  private final Path directory;
  private final Deque<AutoCloseable> running = new ArrayDeque<>();
  private boolean closed;

  Workbench() {
    try {
      this.directory = Files.createTempDirectory("postern-bench-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Runtime.getRuntime().addShutdownHook(new Thread(this::close));
  }

  Path directory() {
    return directory;
  }

  /** Has this end it. */
  synchronized <T extends AutoCloseable> T add(T started) {
    if (closed) {
      end(started);
      throw new LoadException("stopped");
    }
    running.push(started);
    return started;
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    while (!running.isEmpty()) {
      end(running.pop());
    }
    try (Stream<Path> files = Files.walk(directory)) {
      files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
    } catch (IOException e) {
      System.err.println("load: " + directory + " was not removed: " + e.getMessage());
    }
  }

  // One that does not end must not keep the others from it.
  private static void end(AutoCloseable started) {
    try {
      started.close();
    } catch (Exception e) {
      System.err.println("load: " + started + " did not end in good order: " + e);
    }
  }
}
