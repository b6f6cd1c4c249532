package io.postern.client;

import io.postern.crypto.CryptoProvider;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Used assertions in this process's memory: for one gateway, and forgotten when it stops.
 *
 * <p>An assertion takes about 100 bytes, whatever the length of its {@code jti}. Entries are filed
 * by the time they end, in buckets of {@value #BUCKET_SECONDS} seconds that are dropped whole. A
 * full guard answers {@link Verdict#UNAVAILABLE} and forgets nothing early.
 */
public final class InMemoryReplayGuard implements ReplayGuard {
  private static final long BUCKET_SECONDS = 15;

  /** The first half of SHA-256 over client and jti. */
  private record Use(long high, long low) {}

  private final CryptoProvider provider;
  private final int capacity;
  private final Set<Use> used = ConcurrentHashMap.newKeySet();
  private final ConcurrentSkipListMap<Long, Queue<Use>> buckets = new ConcurrentSkipListMap<>();
  private final AtomicInteger size = new AtomicInteger();

  /**
   * @param capacity the most assertions that are remembered at once
   */
  public InMemoryReplayGuard(CryptoProvider provider, int capacity) {
    this.provider = provider;
    this.capacity = capacity;
  }

  @Override
  public void use(
      String clientId, String jti, Instant until, Instant now, Consumer<Verdict> answer) {
    answer.accept(use(digest(clientId, jti), until.getEpochSecond() + 1, now.getEpochSecond()));
  }

  private Verdict use(Use use, long until, long now) {
    forget(now);
    if (size.incrementAndGet() > capacity) {
      size.decrementAndGet();
      return used.contains(use) ? Verdict.REPLAYED : Verdict.UNAVAILABLE;
    }
    if (!used.add(use)) {
      size.decrementAndGet();
      return Verdict.REPLAYED;
    }
    buckets
        .computeIfAbsent(until / BUCKET_SECONDS, bucket -> new ConcurrentLinkedQueue<>())
        .add(use);
    return Verdict.FIRST_USE;
  }

  // Drops the buckets that ended a whole bucket ago: nobody adds to those any more.
  private void forget(long now) {
    long ended = now / BUCKET_SECONDS - 1;
    for (Map.Entry<Long, Queue<Use>> first = buckets.firstEntry();
        first != null && first.getKey() < ended;
        first = buckets.firstEntry()) {
      if (buckets.remove(first.getKey(), first.getValue())) {
        for (Use use : first.getValue()) {
          used.remove(use);
          size.decrementAndGet();
        }
      }
    }
  }

  private Use digest(String clientId, String jti) {
    MessageDigest digest = provider.digest("SHA-256");
    digest.update(clientId.getBytes(StandardCharsets.UTF_8));
    digest.update((byte) 0);
    ByteBuffer hash = ByteBuffer.wrap(digest.digest(jti.getBytes(StandardCharsets.UTF_8)));
    return new Use(hash.getLong(), hash.getLong());
  }
}
