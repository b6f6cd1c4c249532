package io.postern.client;

import io.postern.crypto.CryptoProvider;
import io.postern.grant.Expiry;
import io.postern.jose.KeyType;
import io.postern.jose.SignatureAlgorithm;
import java.security.PublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A client's public key, encoded. Immutable; equal when all of it is. */
public final class ClientKey {
  private final String kid;
  private final KeyType type;
  private final @Nullable SignatureAlgorithm onlyAlgorithm;
  private final byte[] encoded;
  private final long expiryMicros;

  /**
   * @param onlyAlgorithm the one algorithm that it may be used with, or null for all of its type
   * @param encoded X.509 SubjectPublicKeyInfo; not copied, not to be changed
   * @param expiryMicros as {@link Expiry} has it
   */
  public ClientKey(
      String kid,
      KeyType type,
      @Nullable SignatureAlgorithm onlyAlgorithm,
      byte[] encoded,
      long expiryMicros) {
    this.kid = kid;
    this.type = type;
    this.onlyAlgorithm = onlyAlgorithm;
    this.encoded = encoded;
    this.expiryMicros = expiryMicros;
  }

  public String kid() {
    return kid;
  }

  KeyType type() {
    return type;
  }

  @Nullable SignatureAlgorithm onlyAlgorithm() {
    return onlyAlgorithm;
  }

  byte[] encoded() {
    return encoded;
  }

  long expiryMicros() {
    return expiryMicros;
  }

  // RFC 8725 §3.1: a key is used with the algorithms that it was meant for, and no other
  boolean fits(SignatureAlgorithm algorithm) {
    return algorithm.keyType() == type && (onlyAlgorithm == null || onlyAlgorithm == algorithm);
  }

  boolean isLive(Instant now) {
    return Expiry.isAhead(expiryMicros, now);
  }

  /**
   * The key itself, decoded anew.
   *
   * @throws IllegalStateException when the registry holds bytes that are no key of that type
   */
  PublicKey decode(CryptoProvider provider) {
    try {
      return provider.keyFactory(type.jcaName()).generatePublic(new X509EncodedKeySpec(encoded));
    } catch (InvalidKeySpecException e) {
      throw new IllegalStateException("key " + kid + " cannot be decoded", e);
    }
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ClientKey key
        && key.kid.equals(kid)
        && key.type == type
        && key.onlyAlgorithm == onlyAlgorithm
        && Arrays.equals(key.encoded, encoded)
        && key.expiryMicros == expiryMicros;
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(encoded);
  }

  @Override
  public String toString() {
    return "ClientKey[kid=" + kid + ", type=" + type + ", expiryMicros=" + expiryMicros + "]";
  }
}
