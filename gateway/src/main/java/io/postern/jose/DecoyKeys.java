package io.postern.jose;

import io.postern.crypto.CryptoProvider;
import java.security.PublicKey;
import java.util.EnumMap;
import java.util.Map;

/** Public keys of nobody, to verify against where a client has none. Thread-safe. */
public final class DecoyKeys {
  private final Map<KeyType, PublicKey> keys = new EnumMap<>(KeyType.class);

  public DecoyKeys(CryptoProvider provider) {
    for (KeyType type : KeyType.values()) {
      keys.put(type, type.generate(provider).getPublic());
    }
  }

  /** The decoy of that type. */
  public PublicKey get(KeyType type) {
    PublicKey key = keys.get(type);
    if (key == null) {
      throw new IllegalStateException("no decoy for " + type);
    }
    return key;
  }
}
