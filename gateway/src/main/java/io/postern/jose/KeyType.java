package io.postern.jose;

import io.postern.crypto.CryptoProvider;
import java.security.InvalidAlgorithmParameterException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.AlgorithmParameterSpec;
import java.security.spec.ECGenParameterSpec;
import java.security.spec.RSAKeyGenParameterSpec;
import org.jspecify.annotations.Nullable;

/** A kind of key, fine enough to tell which algorithms it fits (RFC 7518 §6, RFC 8037 §2). */
public enum KeyType {
  P_256("P-256", "EC", new ECGenParameterSpec("secp256r1")),
  P_384("P-384", "EC", new ECGenParameterSpec("secp384r1")),
  P_521("P-521", "EC", new ECGenParameterSpec("secp521r1")),
  RSA("RSA", "RSA", new RSAKeyGenParameterSpec(2048, RSAKeyGenParameterSpec.F4)),
  ED25519("Ed25519", "Ed25519", null);

  private final String value;
  private final String jcaName;
  private final @Nullable AlgorithmParameterSpec parameters;

  KeyType(String value, String jcaName, @Nullable AlgorithmParameterSpec parameters) {
    this.value = value;
    this.jcaName = jcaName;
    this.parameters = parameters;
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
    if (parameters != null) {
      try {
        generator.initialize(parameters);
      } catch (InvalidAlgorithmParameterException e) {
        throw new IllegalStateException("the provider cannot make keys of type " + value, e);
      }
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
