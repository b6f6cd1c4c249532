package io.postern.client;

import io.postern.crypto.CryptoProvider;
import io.postern.jose.KeyType;
import io.postern.jose.SignatureAlgorithm;
import java.security.PublicKey;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A client's public key, held encoded and decoded at its first use. Compared by identity. */
public final class ClientKey {
  private final String kid;
  private final KeyType type;
  private final @Nullable SignatureAlgorithm onlyAlgorithm;
  private final byte[] encoded;
  private final @Nullable Instant expiresAt;
  // Volatile, as keys of some providers are not safely published otherwise; without a lock, as two
  // threads that decode the same key come to the same.
  private volatile @Nullable PublicKey decoded;

  /**
   * @param onlyAlgorithm the one algorithm that it may be used with, or null for all of its type
   * @param encoded X.509 SubjectPublicKeyInfo; not copied, not to be changed
   * @param expiresAt the first instant at which it is no longer good, or null for never
   */
  public ClientKey(
      String kid,
      KeyType type,
      @Nullable SignatureAlgorithm onlyAlgorithm,
      byte[] encoded,
      @Nullable Instant expiresAt) {
    this.kid = kid;
    this.type = type;
    this.onlyAlgorithm = onlyAlgorithm;
    this.encoded = encoded;
    this.expiresAt = expiresAt;
  }

  public String kid() {
    return kid;
  }

  // RFC 8725 §3.1: a key is used with the algorithms that it was meant for, and no other
  boolean fits(SignatureAlgorithm algorithm) {
    return algorithm.keyType() == type && (onlyAlgorithm == null || onlyAlgorithm == algorithm);
  }

  boolean isLive(Instant now) {
    return expiresAt == null || now.isBefore(expiresAt);
  }

  /**
   * The key itself.
   *
   * @throws IllegalStateException when the registry holds bytes that are no key of that type
   */
  PublicKey publicKey(CryptoProvider provider) {
    PublicKey key = decoded;
    if (key == null) {
      try {
        key = provider.keyFactory(type.jcaName()).generatePublic(new X509EncodedKeySpec(encoded));
      } catch (InvalidKeySpecException e) {
        throw new IllegalStateException("key " + kid + " cannot be decoded", e);
      }
      decoded = key;
    }
    return key;
  }

  @Override
  public String toString() {
    return "ClientKey[kid=" + kid + ", type=" + type + ", expiresAt=" + expiresAt + "]";
  }
}
