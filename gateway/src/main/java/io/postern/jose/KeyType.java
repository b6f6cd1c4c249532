package io.postern.jose;

/** A kind of key, fine enough to tell which algorithms it fits (RFC 7518 §6, RFC 8037 §2). */
public enum KeyType {
  P_256("P-256", "EC"),
  P_384("P-384", "EC"),
  P_521("P-521", "EC"),
  RSA("RSA", "RSA"),
  ED25519("Ed25519", "Ed25519");

  private final String value;
  private final String jcaName;

  KeyType(String value, String jcaName) {
    this.value = value;
    this.jcaName = jcaName;
  }

  /** The curve's name, or RSA. */
  public String value() {
    return value;
  }

  /** The name of its key factory. */
  public String jcaName() {
    return jcaName;
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
