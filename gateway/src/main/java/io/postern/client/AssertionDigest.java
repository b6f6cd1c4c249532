package io.postern.client;

import io.postern.crypto.CryptoProvider;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;

/**
 * What guards remember of an assertion: the first 128 bits of the SHA-256 of its client and its
 * {@code jti}, whatever their length.
 */
public record AssertionDigest(long high, long low) {

  /** The digest of an assertion. */
  public static AssertionDigest of(CryptoProvider provider, AssertionUse use) {
    MessageDigest sha256 = provider.digest("SHA-256");
    sha256.update(use.clientId().getBytes(StandardCharsets.UTF_8));
    // a client_id holds no such byte, so no two pairs are one text
    sha256.update((byte) 0);
    ByteBuffer hash = ByteBuffer.wrap(sha256.digest(use.jti().getBytes(StandardCharsets.UTF_8)));
    return new AssertionDigest(hash.getLong(), hash.getLong());
  }
}
