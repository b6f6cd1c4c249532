package io.postern.faults;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Clients that ask all replicas for tokens at half the rate of which they would be capable together
 * with this process.
 */
final class PacedLoad implements AutoCloseable {
  private static final int CLIENTS = 9;
  private static final Duration TRIAL = Duration.ofSeconds(3);
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Stage stage;
  private final List<Thread> threads = new ArrayList<>();
  private final AtomicLong answered = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private volatile long intervalNanos;
  private volatile boolean stopped;
  private final long rate;

  /** Finds out what full load is, and returns at half of it. */
  PacedLoad(Stage stage) {
    this.stage = stage;
    for (int i = 0; i < CLIENTS; i++) {
      Replica replica = stage.fleet().replica(i % 3);
      threads.add(Thread.startVirtualThread(() -> ask(replica)));
    }
    stage.letRun(TRIAL);
    answered.set(0);
    stage.letRun(TRIAL);
    long full = answered.get() / TRIAL.toSeconds();
    rate = full / 2;
    intervalNanos = CLIENTS * Duration.ofSeconds(1).toNanos() / rate;
  }

  /** Tokens a second. */
  long rate() {
    return rate;
  }

  /** How many requests were not answered with a token. */
  long failed() {
    return failed.get();
  }

  @Override
  public void close() {
    stopped = true;
    threads.forEach(PacedLoad::join);
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void ask(Replica replica) {
    long due = System.nanoTime();
    try (HttpLine line = new HttpLine(replica.httpPort(), PATIENCE)) {
      while (!stopped) {
        if (stage.landmark().ask(line).status() != 200) {
          failed.incrementAndGet();
        }
        answered.incrementAndGet();
        due = Math.max(due + intervalNanos, System.nanoTime() - intervalNanos);
        LockSupport.parkNanos(due - System.nanoTime());
      }
    } catch (IOException e) {
      failed.incrementAndGet();
    }
  }
}
