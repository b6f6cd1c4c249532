package io.postern.client;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** A client secret as it is remembered: its keyed hash. Immutable; compared by identity. */
public final class ClientSecret {
  private final String secretId;
  private final String hashKeyId;
  private final byte[] hash;
  private final @Nullable Instant expiresAt;

  /**
   * @param hashKeyId the key under which it was hashed
   * @param hash HMAC-SHA-256, 32 bytes; not copied, not to be changed
   * @param expiresAt the first instant at which it is no longer good, or null for never
   */
  public ClientSecret(String secretId, String hashKeyId, byte[] hash, @Nullable Instant expiresAt) {
    this.secretId = secretId;
    this.hashKeyId = hashKeyId;
    this.hash = hash;
    this.expiresAt = expiresAt;
  }

  public String secretId() {
    return secretId;
  }

  String hashKeyId() {
    return hashKeyId;
  }

  byte[] hash() {
    return hash;
  }

  boolean isLive(Instant now) {
    return expiresAt == null || now.isBefore(expiresAt);
  }

  @Override
  public String toString() {
    return "ClientSecret[secretId=" + secretId + ", hash=<redacted>, expiresAt=" + expiresAt + "]";
  }
}
