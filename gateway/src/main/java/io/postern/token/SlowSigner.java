package io.postern.token;

import io.postern.crypto.CryptoProvider;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Makes the JWTs whose signature takes long: RSA's takes some twenty times as long as ECDSA's, and
 * on an event loop every other request of that loop would wait for it. Thread-safe.
 */
public final class SlowSigner {
  /** The most signatures that are waited for; some 150 ms of one thread's work. */
  private static final int CAPACITY = 500;

  private final CryptoProvider provider;
  private final SigningThreads threads;
  // a signer is one thread's at a time
  private final Queue<AccessTokenSigner> idle = new ConcurrentLinkedQueue<>();
  private final AtomicInteger waiting = new AtomicInteger();

  public SlowSigner(CryptoProvider provider, SigningThreads threads) {
    this.provider = provider;
    this.threads = threads;
  }

  /** Whether another signature would be made soon. */
  boolean hasRoom() {
    return waiting.get() < CAPACITY;
  }

  /**
   * Signs on another thread.
   *
   * @param work signs with a signer that is its own meanwhile
   * @param then is given what the work made once, on the caller's event loop; null when the key
   *     cannot sign
   */
  <T> void sign(Function<AccessTokenSigner, T> work, Consumer<@Nullable T> then) {
    waiting.incrementAndGet();
    threads.run(
        () -> sign(work),
        signed -> {
          waiting.decrementAndGet();
          then.accept(signed);
        });
  }

  private <T> T sign(Function<AccessTokenSigner, T> work) {
    AccessTokenSigner found = idle.poll();
    AccessTokenSigner signer = found == null ? new AccessTokenSigner(provider) : found;
    T signed = work.apply(signer);
    idle.add(signer);
    return signed;
  }
}
