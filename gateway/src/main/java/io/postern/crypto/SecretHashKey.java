package io.postern.crypto;

import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The key under which client secrets are hashed with HMAC-SHA-256. A secret is 256 random bits, so
 * a slow password hash would protect nothing more.
 */
public final class SecretHashKey {
  private static final String ALGORITHM = "HmacSHA256";

  private final String id;
  private final SecretKeySpec key;

  /**
   * @param id the data key's id
   * @param key 32 bytes
   */
  public SecretHashKey(String id, byte[] key) {
    this.id = id;
    this.key = new SecretKeySpec(key, ALGORITHM);
  }

  /** The data key's id. */
  public String id() {
    return id;
  }

  /** A keyed hash that is ready to use; not thread-safe. */
  public Mac newMac(CryptoProvider provider) {
    Mac mac = provider.mac(ALGORITHM);
    try {
      mac.init(key);
    } catch (InvalidKeyException e) {
      throw new IllegalStateException("HMAC-SHA-256 refuses its key", e);
    }
    return mac;
  }

  /** The hash of a secret, 32 bytes; for the rare write of a secret. */
  public byte[] hash(CryptoProvider provider, String secret) {
    return newMac(provider).doFinal(secret.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public String toString() {
    return "SecretHashKey[id=" + id + ", key=<redacted>]";
  }
}
