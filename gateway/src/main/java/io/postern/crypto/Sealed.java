package io.postern.crypto;

import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** What a data key has sealed (AES-256-GCM), and which one it was. Immutable. */
public final class Sealed {
  private final String dataKeyId;
  private final byte[] bytes;

  /**
   * @param bytes not to be changed
   */
  public Sealed(String dataKeyId, byte[] bytes) {
    this.dataKeyId = dataKeyId;
    this.bytes = bytes;
  }

  /** The key that opens it. */
  public String dataKeyId() {
    return dataKeyId;
  }

  /** Nonce, ciphertext and tag; not to be changed. */
  public byte[] bytes() {
    return bytes;
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof Sealed sealed
        && sealed.dataKeyId.equals(dataKeyId)
        && Arrays.equals(sealed.bytes, bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return "Sealed[dataKeyId=" + dataKeyId + ", bytes=<redacted>]";
  }
}
