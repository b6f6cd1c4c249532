package io.postern.client;

import io.postern.crypto.CryptoProvider;
import io.postern.crypto.SecretHashKey;
import io.postern.grant.Expiry;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import javax.crypto.Mac;
import org.jspecify.annotations.Nullable;

/** Checks client secrets against their keyed hashes. Confined to one thread. */
public final class SecretVerifier {
  private final CryptoProvider provider;
  private final Supplier<List<SecretHashKey>> hashKeys;
  private final Map<String, Mac> macs = new HashMap<>();
  private final ClientSecret decoy;

  /**
   * @param hashKeys all keys under which secrets were hashed, the present one first; asked again
   *     when a secret names another one
   */
  public SecretVerifier(CryptoProvider provider, Supplier<List<SecretHashKey>> hashKeys) {
    this.provider = provider;
    this.hashKeys = hashKeys;
    learn();
    this.decoy = new ClientSecret(hashKeys.get().getFirst().id(), new byte[32], Expiry.NEVER);
  }

  private void learn() {
    for (SecretHashKey key : hashKeys.get()) {
      macs.computeIfAbsent(key.id(), id -> key.newMac(provider));
    }
  }

  /**
   * The client's secret that was presented, or null.
   *
   * <p>Takes the same time for a client without a live secret, and for none at all, as for a wrong
   * secret: a decoy is compared. Each comparison is constant in time (RFC 6749 §10.10).
   *
   * @param client null for an unknown client
   */
  @Nullable ClientSecret verify(@Nullable RegisteredClient client, String presented, Instant now) {
    byte[] bytes = presented.getBytes(StandardCharsets.UTF_8);
    ClientSecret match = null;
    boolean compared = false;
    if (client != null) {
      for (ClientSecret secret : client.secrets()) {
        if (secret.isLive(now)) {
          compared = true;
          if (matches(secret, bytes)) {
            match = secret;
          }
        }
      }
    }
    if (!compared) {
      matches(decoy, bytes);
    }
    return match;
  }

  private boolean matches(ClientSecret secret, byte[] presented) {
    if (!macs.containsKey(secret.hashKeyId())) {
      learn();
    }
    Mac mac = macs.get(secret.hashKeyId());
    if (mac == null) {
      throw new IllegalStateException("no key " + secret.hashKeyId() + " for secret hashes");
    }
    return MessageDigest.isEqual(secret.hash(), mac.doFinal(presented));
  }
}
