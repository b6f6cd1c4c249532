package io.postern.client;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.TimeUnit;

/**
 * A bucket for each key, from which what was put in leaks at a steady rate (the generic cell rate
 * algorithm, ITU-T I.371). Thread-safe. At most {@value #CAPACITY} buckets are remembered; past
 * that, one that is seldom used is taken for empty.
 */
final class LeakyBuckets<K> {
  private static final int CAPACITY = 100_000;

  // The instant, in nanoseconds since the epoch, at which a bucket will be empty.
  private final Cache<K, Long> emptyAt;

  /**
   * @param longest the time that a full bucket takes to empty
   */
  LeakyBuckets(Duration longest) {
    emptyAt = Caffeine.newBuilder().maximumSize(CAPACITY).expireAfterWrite(longest).build();
  }

  /**
   * How long until one more fits in.
   *
   * @param size how many fit into an empty bucket
   * @param leakNanos the time in which one leaks out
   * @return seconds, 0 when it fits now
   */
  int waitSeconds(K key, int size, long leakNanos, Instant now) {
    Long empty = emptyAt.getIfPresent(key);
    return empty == null ? 0 : seconds(over(empty, size, leakNanos, nanos(now)));
  }

  /** Puts one in, whether it fits or not. */
  void add(K key, long leakNanos, Instant now) {
    long at = nanos(now);
    emptyAt.asMap().merge(key, at + leakNanos, (before, first) -> Math.max(before, at) + leakNanos);
  }

  /**
   * Puts one in if it fits.
   *
   * @return 0 if it did; otherwise the seconds until it will
   */
  int tryAdd(K key, int size, long leakNanos, Instant now) {
    long at = nanos(now);
    long[] over = new long[1];
    emptyAt
        .asMap()
        .compute(
            key,
            (ignored, before) -> {
              long empty = before == null ? at : Math.max(before, at);
              over[0] = over(empty, size, leakNanos, at);
              return over[0] > 0 ? empty : empty + leakNanos;
            });
    return seconds(over[0]);
  }

  private static long over(long empty, int size, long leakNanos, long at) {
    return empty - at - (size - 1) * leakNanos;
  }

  private static int seconds(long nanos) {
    return nanos <= 0 ? 0 : (int) Math.ceilDiv(nanos, TimeUnit.SECONDS.toNanos(1));
  }

  private static long nanos(Instant instant) {
    return TimeUnit.SECONDS.toNanos(instant.getEpochSecond()) + instant.getNano();
  }
}
