package io.postern.faults;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * A small load balancer: sends requests to the replicas that were ready when it last looked, which
 * it does ten times a second. It keeps connections until the replica says that it closes them, and
 * retries nothing. Thread-safe.
 */
final class Balancer implements AutoCloseable {
  private static final Duration POLL = Duration.ofMillis(100);
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  /** A replica, and how often it has become ready. */
  private static final class Backend {
    private final Replica replica;
    private volatile boolean ready;
    private final AtomicInteger generation = new AtomicInteger();

    private Backend(Replica replica) {
      this.replica = replica;
    }

    private void look() {
      boolean now = replica.isReady();
      if (now && !ready) {
        generation.incrementAndGet();
      }
      ready = now;
    }
  }

  /** The connections of one client, one to each replica at most. Confined to one thread. */
  final class Client implements AutoCloseable {
    private final HttpLine[] lines = new HttpLine[backends.size()];
    private final int[] generations = new int[backends.size()];

    /** Sends a request to some replica that is ready. */
    HttpLine.Answer send(String method, String path, String headers, String body)
        throws IOException {
      int chosen = next();
      Backend backend = backends.get(chosen);
      if (lines[chosen] != null && generations[chosen] != backend.generation.get()) {
        drop(chosen);
      }
      if (lines[chosen] == null) {
        generations[chosen] = backend.generation.get();
        lines[chosen] = new HttpLine(backend.replica.httpPort(), PATIENCE);
      }
      HttpLine.Answer answer = lines[chosen].exchange(method, path, headers, body);
      if (!answer.keepsAlive()) {
        drop(chosen);
      }
      return answer;
    }

    private void drop(int number) {
      lines[number].close();
      lines[number] = null;
    }

    @Override
    public void close() {
      for (HttpLine line : lines) {
        if (line != null) {
          line.close();
        }
      }
    }
  }

  private final List<Backend> backends;
  private final AtomicInteger turn = new AtomicInteger();
  private volatile boolean closed;

  Balancer(List<Replica> replicas) {
    backends = replicas.stream().map(Backend::new).toList();
    backends.forEach(Backend::look);
    backends.forEach(backend -> Thread.startVirtualThread(() -> watch(backend)));
  }

  /** Whether requests are sent to a replica now. */
  boolean uses(Replica replica) {
    return backends.stream().anyMatch(backend -> backend.replica == replica && backend.ready);
  }

  @Override
  public void close() {
    closed = true;
  }

  private void watch(Backend backend) {
    while (!closed) {
      backend.look();
      LockSupport.parkNanos(POLL.toNanos());
    }
  }

  private int next() throws IOException {
    for (int i = 0; i < backends.size(); i++) {
      int number = Math.floorMod(turn.getAndIncrement(), backends.size());
      if (backends.get(number).ready) {
        return number;
      }
    }
    throw new IOException("no replica is ready");
  }
}
