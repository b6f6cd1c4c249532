package io.postern.token;

import io.postern.crypto.CryptoProvider;
import io.postern.jose.SigningKey;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes the tokens whose signature takes long: RSA's takes some twenty times as long as ECDSA's,
 * and on an event loop every other request of that loop would wait for it. Thread-safe.
 */
public final class SlowSigner {
  private final CryptoProvider provider;
  private final SigningThreads threads;
  // a signer is one thread's at a time
  private final Queue<AccessTokenSigner> idle = new ConcurrentLinkedQueue<>();

  public SlowSigner(CryptoProvider provider, SigningThreads threads) {
    this.provider = provider;
    this.threads = threads;
  }

  /**
   * Signs on another thread.
   *
   * @param then is given the answer once, on the caller's event loop; null when the key cannot sign
   */
  void sign(
      AccessTokenClaims claims, SigningKey key, Consumer<@Nullable AccessTokenResponse> then) {
    threads.run(() -> sign(claims, key), then);
  }

  private AccessTokenResponse sign(AccessTokenClaims claims, SigningKey key) {
    AccessTokenSigner found = idle.poll();
    AccessTokenSigner signer = found == null ? new AccessTokenSigner(provider) : found;
    AccessTokenResponse response = new AccessTokenResponse();
    response.write(signer, claims, key);
    idle.add(signer);
    return response;
  }
}
