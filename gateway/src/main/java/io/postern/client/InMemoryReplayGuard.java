package io.postern.client;

import io.postern.crypto.CryptoProvider;
import java.time.Instant;
import java.util.Arrays;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Used assertions in this process's memory: for one gateway, and forgotten when it stops.
 *
 * <p>An assertion takes 16 bytes in tables that are three eighths to three quarters full, whatever
 * the length of its {@code jti}; there is no object for it, as a collector would copy millions of
 * them while every request waits. Tables are by the time at which their assertions end, in steps of
 * {@value #BUCKET_SECONDS} seconds, and dropped whole one step after it. A full guard answers
 * {@link Verdict#UNAVAILABLE} and forgets nothing early.
 */
public final class InMemoryReplayGuard implements ReplayGuard {
  private static final long BUCKET_SECONDS = 15;
  // so that event loops seldom meet at the same one
  private static final int STRIPES = 64;

  private final CryptoProvider provider;
  private final int capacity;
  private final Stripe[] stripes = new Stripe[STRIPES];
  private final AtomicInteger size = new AtomicInteger();

  /**
   * @param capacity the most assertions that are remembered at once
   */
  public InMemoryReplayGuard(CryptoProvider provider, int capacity) {
    this.provider = provider;
    this.capacity = capacity;
    Arrays.setAll(stripes, i -> new Stripe());
  }

  @Override
  public void use(AssertionUse use, Instant now, Consumer<Verdict> answer) {
    AssertionDigest digest = AssertionDigest.of(provider, use);
    long high = digest.high();
    // 0, 0 is no digest
    long low = digest.low() | 1;
    Stripe stripe = stripes[(int) (high >>> 32) & (STRIPES - 1)];
    if (size.get() >= capacity) {
      // what is over in stripes that are not asked now makes room, too
      for (Stripe each : stripes) {
        each.forget(now.getEpochSecond());
      }
    }
    answer.accept(stripe.use(high, low, use.until().getEpochSecond() + 1, now.getEpochSecond()));
  }

  /** The assertions whose digests fall to it. */
  private final class Stripe {
    // by the time at which they end, in buckets
    private final TreeMap<Long, DigestSet> buckets = new TreeMap<>();

    synchronized Verdict use(long high, long low, long until, long now) {
      forget(now);
      // the same jti may come with another end
      for (DigestSet bucket : buckets.values()) {
        if (bucket.contains(high, low)) {
          return Verdict.REPLAYED;
        }
      }
      if (size.incrementAndGet() > capacity) {
        size.decrementAndGet();
        return Verdict.UNAVAILABLE;
      }
      buckets.computeIfAbsent(until / BUCKET_SECONDS, end -> new DigestSet()).add(high, low);
      return Verdict.FIRST_USE;
    }

    synchronized void forget(long now) {
      long ended = now / BUCKET_SECONDS - 1;
      while (!buckets.isEmpty() && buckets.firstKey() < ended) {
        size.addAndGet(-buckets.pollFirstEntry().getValue().size());
      }
    }
  }
}
