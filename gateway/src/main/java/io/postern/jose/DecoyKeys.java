package io.postern.jose;

import io.postern.crypto.CryptoProvider;
import java.security.InvalidAlgorithmParameterException;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.spec.ECGenParameterSpec;
import java.util.EnumMap;
import java.util.Map;

/** Public keys of nobody, to verify against where a client has none. Thread-safe. */
public final class DecoyKeys {
  private final Map<KeyType, PublicKey> keys = new EnumMap<>(KeyType.class);

  public DecoyKeys(CryptoProvider provider) {
    for (KeyType type : KeyType.values()) {
      keys.put(type, generator(provider, type).generateKeyPair().getPublic());
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

  private static KeyPairGenerator generator(CryptoProvider provider, KeyType type) {
    KeyPairGenerator generator = provider.keyPairGenerator(type.jcaName());
    try {
      switch (type) {
        case P_256 -> generator.initialize(new ECGenParameterSpec("secp256r1"));
        case P_384 -> generator.initialize(new ECGenParameterSpec("secp384r1"));
        case P_521 -> generator.initialize(new ECGenParameterSpec("secp521r1"));
        case RSA -> generator.initialize(2048);
        case ED25519 -> {
          // has but one size
        }
      }
    } catch (InvalidAlgorithmParameterException e) {
      throw new IllegalStateException("the provider lacks " + type, e);
    }
    return generator;
  }
}
