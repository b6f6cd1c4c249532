package io.postern.client;

import io.postern.grant.Expiry;
import java.time.Instant;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A client secret as it is remembered: its keyed hash. Immutable. */
public final class ClientSecret {
  /** The length of a hash, in bytes: HMAC-SHA-256. */
  static final int HASH_LENGTH = 32;

  private final String hashKeyId;
  private final byte[] hash;
  private final long expiryMicros;

  /**
   * @param hashKeyId the key under which it was hashed
   * @param hash HMAC-SHA-256, 32 bytes; not copied, not to be changed
   * @param expiryMicros as {@link Expiry} has it
   */
  public ClientSecret(String hashKeyId, byte[] hash, long expiryMicros) {
    if (hash.length != HASH_LENGTH) {
      throw new IllegalArgumentException("a secret's hash has 32 bytes");
    }
    this.hashKeyId = hashKeyId;
    this.hash = hash;
    this.expiryMicros = expiryMicros;
  }

  /** The key under which it was hashed. */
  public String hashKeyId() {
    return hashKeyId;
  }

  /** The hash; not to be changed. */
  public byte[] hash() {
    return hash;
  }

  long expiryMicros() {
    return expiryMicros;
  }

  boolean isLive(Instant now) {
    return Expiry.isAhead(expiryMicros, now);
  }

  // not constant in time: for the comparison of states, never with what a request presents
  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof ClientSecret secret
        && secret.hashKeyId.equals(hashKeyId)
        && Arrays.equals(secret.hash, hash)
        && secret.expiryMicros == expiryMicros;
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(hash);
  }

  @Override
  public String toString() {
    return "ClientSecret[hash=<redacted>, expiryMicros=" + expiryMicros + "]";
  }
}
