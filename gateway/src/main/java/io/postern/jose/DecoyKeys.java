package io.postern.jose;

import io.postern.crypto.CryptoProvider;
import java.security.PublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.EnumMap;
import java.util.Map;

/**
 * Public keys of nobody, to verify against where a client has none. What they say is never heeded.
 * Thread-safe.
 */
public final class DecoyKeys {
  // Making an RSA key takes long at times; of this one, the private part was never kept.
  private static final String RSA_PUBLIC_KEY =
      "MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEArhOHi7sg1WhsCeuIlCQB8g3j65L/G7wIy+8AdjoE"
          + "N8KcAdhsGCLRUAz4NKs/0OCnSSUSOCNkK4BQJxiqBQeRhu5Ylu1u2SYjZFAVtyvAKfiJtlZy++AG27WaK9yw"
          + "zFXSJpfMgJxYb9/PaOIp5G+8OUrCOZkRs6Dw52nLZauVDrgFNV+QEXecS6kwaj0eZfw9mmY/zn+9NOWOWG9a"
          + "AOUeJn5Fujs8s2UoBXYp/9/oVxbjqHcwJUG7lFiC7uH20cLfwp0ta+lZTW8k3MTGacwS/hcO4g1yiseKHIc3"
          + "KPPZ//uNkW7g+PQ8IpzT1c8+xISx56iiov/YBX51uOTuCJ+eowIDAQAB";

  private final Map<KeyType, PublicKey> keys = new EnumMap<>(KeyType.class);

  public DecoyKeys(CryptoProvider provider) {
    for (KeyType type : KeyType.values()) {
      keys.put(type, type == KeyType.RSA ? rsa(provider) : type.generate(provider).getPublic());
    }
  }

  private static PublicKey rsa(CryptoProvider provider) {
    byte[] encoded = Base64.getDecoder().decode(RSA_PUBLIC_KEY);
    try {
      return provider
          .keyFactory(KeyType.RSA.jcaName())
          .generatePublic(new X509EncodedKeySpec(encoded));
    } catch (InvalidKeySpecException e) {
      throw new IllegalStateException("the provider refuses an RSA key", e);
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
