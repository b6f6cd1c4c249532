package io.postern.index;

import io.postern.revocation.NotBeforeLine;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Digests of single lines, which are added up: a sum does not depend on their order, and is kept up
 * as lines come and go. Confined to one thread.
 */
final class LineDigest {
  private final MessageDigest sha256;

  LineDigest() {
    try {
      this.sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** The digest of a line at its second, of 64 bits. */
  long of(NotBeforeLine line) {
    sha256.update(line.line().getBytes(StandardCharsets.UTF_8));
    sha256.update(ByteBuffer.allocate(Long.BYTES).putLong(line.second()).flip());
    return ByteBuffer.wrap(sha256.digest()).getLong();
  }
}
