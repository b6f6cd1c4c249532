package io.postern.verifier;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The issuer's keys. Read ahead of their end in the background, kept while the issuer is away, and
 * read once more for a {@code kid} that is not among them. Thread-safe; nobody waits but for such a
 * {@code kid}.
 */
final class KeyCache {
  private static final Logger LOG = System.getLogger("io.postern.verifier");
  private static final Duration LAST_DELAY = Duration.ofSeconds(60);

  /**
   * How long a token waits for its key, and how long a reading is one to wait for: while the issuer
   * hangs, few threads should hang with it.
   */
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(3);

  private final KeyReader reader;
  private final Duration maxAge;
  private final VerifierListener listener;
  private final ScheduledExecutorService scheduler;
  private final LongSupplier nanoTime;
  private final AbsentKeys absent;
  private final Backoff backoff;
  private final CompletableFuture<Void> first = new CompletableFuture<>();
  private volatile @Nullable Published published;
  private volatile boolean closed;
  // guarded by this
  private @Nullable CompletableFuture<KeySet> reading;
  private long readingNanos;
  private @Nullable ScheduledFuture<?> next;
  private boolean failing;

  /** A JWK Set, and when it was read. */
  private record Published(KeySet keys, long nanoTime) {}

  /** A reading, and whether it began for whoever has it. */
  private record Joined(CompletableFuture<KeySet> reading, boolean begun) {}

  /**
   * @param maxAge how long keys count while the issuer is away
   * @param scheduler one thread, never blocked
   */
  KeyCache(
      KeyReader reader,
      Duration maxAge,
      VerifierListener listener,
      Pace pace,
      ScheduledExecutorService scheduler,
      LongSupplier nanoTime) {
    this.reader = reader;
    this.maxAge = maxAge;
    this.listener = listener;
    this.scheduler = scheduler;
    this.nanoTime = nanoTime;
    this.absent = new AbsentKeys(pace.unknownKeyGap());
    this.backoff = new Backoff(pace.firstDelay(), LAST_DELAY);
  }

  /** Begins a reading. */
  void start() {
    var unused = read();
  }

  /** The present keys; none before the first, when they are too old, and after the close. */
  KeySet keys() {
    Published present = published;
    return present == null || closed || age(present).compareTo(maxAge) > 0
        ? KeySet.NONE
        : present.keys;
  }

  /** Since the keys were read; null before. */
  @Nullable Duration age() {
    Published present = published;
    return present == null ? null : age(present);
  }

  private Duration age(Published present) {
    return Duration.ofNanos(nanoTime.getAsLong() - present.nanoTime);
  }

  /** When there are keys for the first time; fails when it is closed before. */
  CompletionStage<Void> first() {
    return first;
  }

  /** The key of that name, once the JWK Set was read anew if it must be. Never fails. */
  CompletionStage<Optional<PublishedKey>> find(String kid) {
    PublishedKey known = keys().find(kid);
    if (known != null || closed || absent.contains(kid, nanoTime.getAsLong())) {
      return CompletableFuture.completedFuture(Optional.ofNullable(known));
    }
    Joined joined = join();
    if (joined == null) {
      return CompletableFuture.completedFuture(Optional.ofNullable(keys().find(kid)));
    }
    // On threads of the common pool: what a caller does next is not for ours.
    return joined
        .reading
        .handleAsync(
            (keys, failure) -> {
              PublishedKey found = keys().find(kid);
              // One that had begun before may have been too early for the key.
              if (failure == null && found == null && joined.begun) {
                absent.add(kid, nanoTime.getAsLong());
              }
              return Optional.ofNullable(found);
            })
        .completeOnTimeout(Optional.empty(), LONGEST_WAIT.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Has the keys read anew soon, if the key is one of them: it was ended. */
  void ended(String kid) {
    if (keys().find(kid) != null) {
      var unused = join();
    }
  }

  /** The reading that is under way, or a new one; null when neither is to be waited for. */
  private synchronized @Nullable Joined join() {
    long now = nanoTime.getAsLong();
    if (reading != null) {
      return now - readingNanos < LONGEST_WAIT.toNanos() ? new Joined(reading, false) : null;
    }
    return absent.mayRead(now) ? new Joined(read(), true) : null;
  }

  private synchronized CompletableFuture<KeySet> read() {
    CompletableFuture<KeySet> present = reading;
    if (present != null) {
      return present;
    }
    Published former = published;
    CompletableFuture<KeySet> started = new CompletableFuture<>();
    reading = started;
    readingNanos = nanoTime.getAsLong();
    // After a failure they may have moved.
    var unused =
        reader
            .read(former == null ? KeySet.NONE : former.keys, failing)
            .whenComplete(
                (answer, failure) -> {
                  if (answer != null) {
                    publish(answer);
                    started.complete(answer.keys());
                    first.complete(null);
                  } else {
                    fail(failure);
                    started.completeExceptionally(failure);
                  }
                });
    return started;
  }

  private void publish(KeyReader.Answer answer) {
    int size = answer.keys().size();
    synchronized (this) {
      published = new Published(answer.keys(), nanoTime.getAsLong());
      reading = null;
      failing = false;
      backoff.reset();
      schedule(answer.freshFor());
    }
    LOG.log(Level.DEBUG, "{0} keys were read", size);
    try {
      listener.keysRead(size);
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "The listener failed", e);
    }
  }

  private synchronized void fail(Throwable failure) {
    if (!closed) {
      LOG.log(failing ? Level.DEBUG : Level.WARNING, "The keys cannot be read", failure);
    }
    reading = null;
    failing = true;
    schedule(backoff.next());
  }

  private synchronized void schedule(Duration delay) {
    if (next != null) {
      next.cancel(false);
    }
    try {
      next = scheduler.schedule(this::start, delay.toMillis(), TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.log(Level.DEBUG, "Closed while the keys were read");
    }
  }

  boolean isClosed() {
    return closed;
  }

  /** From now on there are no keys. */
  void close() {
    closed = true;
    first.completeExceptionally(new CancellationException("the verifier is closed"));
  }
}
