package io.postern.crypto;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The data keys of one purpose, unwrapped: the newest seals, each opens what it has sealed.
 * Immutable.
 */
public final class SealingKeys {
  /** No keys at all. */
  public static final SealingKeys NONE = new SealingKeys(Map.of());

  private final Map<String, AeadKey> keys;

  private SealingKeys(Map<String, AeadKey> keys) {
    this.keys = keys;
  }

  /** These keys and an older one. */
  public SealingKeys withOlder(String id, byte[] key) {
    Map<String, AeadKey> more = new LinkedHashMap<>(keys);
    more.put(id, new AeadKey(key));
    return new SealingKeys(more);
  }

  public boolean isEmpty() {
    return keys.isEmpty();
  }

  public boolean contains(String id) {
    return keys.containsKey(id);
  }

  /** Encrypts and authenticates under the newest key, bound to the context. */
  public Sealed seal(byte[] plaintext, String context) {
    Map.Entry<String, AeadKey> newest = keys.entrySet().iterator().next();
    return new Sealed(newest.getKey(), newest.getValue().seal(plaintext, context));
  }

  /**
   * Decrypts.
   *
   * @return null when the key is none of these, or another context sealed it, or it was changed
   */
  public byte @Nullable [] open(Sealed sealed, String context) {
    AeadKey key = keys.get(sealed.dataKeyId());
    return key == null ? null : key.open(sealed.bytes(), context);
  }

  @Override
  public String toString() {
    return "SealingKeys[<redacted>]";
  }
}
