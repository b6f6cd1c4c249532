package io.postern.jose;

import io.postern.crypto.CryptoProvider;
import java.security.InvalidAlgorithmParameterException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import org.jspecify.annotations.Nullable;

/** A kind of key, fine enough to tell which algorithms it fits (RFC 7518 §6, RFC 8037 §2). */
public enum KeyType {
  P_256("P-256", "EC", "secp256r1"),
  P_384("P-384", "EC", "secp384r1"),
  P_521("P-521", "EC", "secp521r1"),
  RSA("RSA", "RSA", null),
  ED25519("Ed25519", "Ed25519", null);

  private static final int RSA_BITS = 2048;

  private final String value;
  private final String jcaName;
  private final @Nullable String curve;

  KeyType(String value, String jcaName, @Nullable String curve) {
    this.value = value;
    this.jcaName = jcaName;
    this.curve = curve;
  }

  /** The curve's name, or RSA. */
  public String value() {
    return value;
  }

  /** The name of its key factory. */
  public String jcaName() {
    return jcaName;
  }

  /** A new key pair; RSA with 2,048 bits. */
  KeyPair generate(CryptoProvider provider) {
    KeyPairGenerator generator = provider.keyPairGenerator(jcaName);
    if (curve != null) {
      try {
        generator.initialize(new ECGenParameterSpec(curve));
      } catch (InvalidAlgorithmParameterException e) {
        throw new IllegalStateException("the provider lacks curve " + value, e);
      }
    } else if (this == RSA) {
      generator.initialize(RSA_BITS);
    }
    return generator.generateKeyPair();
  }

  /**
   * The type of that name.
   *
   * @throws IllegalArgumentException when there is none
   */
  public static KeyType require(String value) {
    for (KeyType type : values()) {
      if (type.value.equals(value)) {
        return type;
      }
    }
    throw new IllegalArgumentException("no key type " + value);
  }
}
