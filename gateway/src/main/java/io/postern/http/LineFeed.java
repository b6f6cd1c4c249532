package io.postern.http;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.postern.crypto.CryptoProvider;
import io.postern.index.IndexImage;
import io.postern.index.NotBeforeLines;
import io.postern.jose.SignatureAlgorithm;
import io.postern.jose.SigningKey;
import io.postern.revocation.NotBeforeLine;
import io.vertx.core.buffer.Buffer;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The not-before lines as verifiers elsewhere follow them: whole, and what changes. Each is encoded
 * and signed once, whoever reads it, on a thread of its own. Thread-safe.
 */
public final class LineFeed implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(LineFeed.class);
  private static final SignatureAlgorithm ALGORITHM = SignatureAlgorithm.ES256;

  /** What is more than that at once is better read whole. */
  private static final int MOST_CHANGES = 10_000;

  /** How many changes a reader may miss and be told later. */
  private static final int KEPT_CHANGES = 256;

  private static final int KEPT_BYTES = 8 << 20;

  /** A document that is older is made anew, so that its {@code iat} says that it is of now. */
  private static final Duration FRESH = Duration.ofSeconds(10);

  private static final Duration[] BUCKETS =
      Stream.of(1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000)
          .map(Duration::ofMillis)
          .toArray(Duration[]::new);

  private final CryptoProvider crypto;
  private final String issuer;
  private final Clock clock;
  private final Timer telling;
  private final ExecutorService encoder =
      Executors.newSingleThreadExecutor(Thread.ofVirtual().name("not-before-lines").factory());
  private final List<Subscriber> subscribers = new CopyOnWriteArrayList<>();
  private final AtomicInteger readers = new AtomicInteger();
  // written by the encoder alone
  private final Deque<Told> recent = new ArrayDeque<>();
  // both guarded by recent, as it is
  private long recentBytes;
  private long forgotten;

  private volatile @Nullable Version present;
  // guarded by this
  private @Nullable Version encoded;
  private long encodedNanos;
  private CompletableFuture<Whole> whole = new CompletableFuture<>();

  /**
   * @param number greater than that of every version before
   */
  private record Version(
      long number, NotBeforeLines lines, SigningKey key, String etag, long nanoTime) {}

  /**
   * All lines.
   *
   * @param number of the last change that is in it
   * @param document the compact JWT
   * @param event the same as it stands in a stream
   */
  record Whole(long number, String etag, Buffer document, Buffer event) {}

  /**
   * A change.
   *
   * @param event as it stands in a stream; null when the whole is to be read anew
   */
  record Told(long number, @Nullable Buffer event) {
    private int bytes() {
      return event == null ? 0 : event.length();
    }
  }

  /** Is told of each change, on the encoder's thread. */
  @FunctionalInterface
  interface Subscriber {
    void told(Told change);
  }

  /**
   * @param issuer our issuer identifier
   */
  public LineFeed(CryptoProvider crypto, String issuer, Clock clock, MeterRegistry meters) {
    this.crypto = crypto;
    this.issuer = issuer;
    this.clock = clock;
    Gauge.builder("postern.revocation.lines", this, LineFeed::size)
        .description("Not-before lines that are published")
        .register(meters);
    Gauge.builder("postern.revocation.age", this, LineFeed::ageSeconds)
        .description("Since this gateway published other lines than before")
        .baseUnit("seconds")
        .register(meters);
    Gauge.builder("postern.revocation.readers", readers, AtomicInteger::get)
        .description("Verifiers that follow the lines by an open stream")
        .register(meters);
    this.telling =
        Timer.builder("postern.revocation.telling")
            .description("From an index with changed lines until the streams are told")
            .serviceLevelObjectives(BUCKETS)
            .register(meters);
  }

  /** Takes the lines of an image that has just been published. By one thread. */
  public void publish(IndexImage image) {
    SigningKey key = image.signingKeys().findActive(ALGORITHM);
    Version before = present;
    boolean same = before != null && before.lines.equals(image.lines()) && before.key.equals(key);
    if (key == null || same) {
      return;
    }
    Version next =
        new Version(
            before == null ? 1 : before.number + 1,
            image.lines(),
            key,
            "\"%016x-%s\"".formatted(image.lines().digest(), key.kid()),
            System.nanoTime());
    present = next;
    List<NotBeforeLine> drawn = image.lines().drawn();
    boolean small = before != null && before.key.equals(key) && drawn.size() <= MOST_CHANGES;
    encoder.execute(() -> tell(next, small ? drawn : null));
  }

  private void tell(Version version, @Nullable List<NotBeforeLine> drawn) {
    try {
      if (drawn != null && drawn.isEmpty()) {
        return;
      }
      Buffer event =
          drawn == null
              ? null
              : event(
                  "change",
                  new LineDocument(crypto, issuer, version.key)
                      .write(drawn::forEach, clock.instant()));
      Told told = new Told(version.number, event);
      synchronized (recent) {
        recent.add(told);
        recentBytes += told.bytes();
        while (recent.size() > KEPT_CHANGES || recentBytes > KEPT_BYTES) {
          Told oldest = recent.remove();
          recentBytes -= oldest.bytes();
          forgotten = oldest.number;
        }
      }
      subscribers.forEach(subscriber -> subscriber.told(told));
      telling.record(Duration.ofNanos(System.nanoTime() - version.nanoTime));
    } catch (RuntimeException e) {
      LOG.error("Not-before lines cannot be published", e);
    }
  }

  private static Buffer event(String name, String document) {
    return Buffer.buffer("event: " + name + "\ndata: " + document + "\n\n");
  }

  /** The entity tag of the present lines; null before there are any. */
  @Nullable String etag() {
    Version version = present;
    return version == null ? null : version.etag;
  }

  /** The present lines, encoded once for all who ask. */
  synchronized CompletionStage<Whole> whole() {
    Version version = present;
    boolean fresh =
        whole.isDone() ? System.nanoTime() - encodedNanos < FRESH.toNanos() : encoded != null;
    if (version != null && !(version.equals(encoded) && fresh)) {
      encoded = version;
      encodedNanos = System.nanoTime();
      CompletableFuture<Whole> next = new CompletableFuture<>();
      whole = next;
      encoder.execute(() -> encode(version, next));
    }
    return whole;
  }

  private void encode(Version version, CompletableFuture<Whole> result) {
    try {
      String document =
          new LineDocument(crypto, issuer, version.key)
              .write(version.lines::forEach, clock.instant());
      result.complete(
          new Whole(
              version.number, version.etag, Buffer.buffer(document), event("lines", document)));
    } catch (RuntimeException e) {
      LOG.error("Not-before lines cannot be published", e);
      result.completeExceptionally(e);
    }
  }

  /**
   * What has changed after a number.
   *
   * @return null when that is too long ago
   */
  @Nullable List<Told> changesSince(long number) {
    synchronized (recent) {
      List<Told> since = recent.stream().filter(told -> told.number > number).toList();
      boolean complete =
          number >= forgotten && since.stream().noneMatch(told -> told.event == null);
      return complete ? since : null;
    }
  }

  void subscribe(Subscriber subscriber) {
    subscribers.add(subscriber);
  }

  /** Counts readers that follow. */
  AtomicInteger readers() {
    return readers;
  }

  private double size() {
    Version version = present;
    return version == null ? 0 : version.lines.size();
  }

  private double ageSeconds() {
    Version version = present;
    return version == null ? Double.NaN : (System.nanoTime() - version.nanoTime) / 1e9;
  }

  @Override
  public void close() {
    encoder.shutdownNow();
  }
}
