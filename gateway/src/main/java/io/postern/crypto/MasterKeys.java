package io.postern.crypto;

import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The operator's master keys: the first wraps data keys, every one unwraps. */
public final class MasterKeys {
  private final List<AeadKey> keys;

  private MasterKeys(List<AeadKey> keys) {
    this.keys = List.copyOf(keys);
  }

  /**
   * Reads the setting.
   *
   * @param setting base64 of 32 bytes each, separated by commas
   * @throws IllegalArgumentException without any part of the setting in its message
   */
  public static MasterKeys parse(String setting) {
    List<AeadKey> keys = new ArrayList<>();
    for (String part : setting.split(",", -1)) {
      byte[] key;
      try {
        key = Base64.getDecoder().decode(part.strip());
      } catch (IllegalArgumentException e) {
        throw new IllegalArgumentException("it is not base64", e);
      }
      if (key.length != AeadKey.LENGTH) {
        throw new IllegalArgumentException(
            "it must be base64 of 32 bytes, as from: openssl rand -base64 32");
      }
      keys.add(new AeadKey(key));
    }
    return new MasterKeys(keys);
  }

  /** Wraps a data key under the first master key. */
  public byte[] wrap(byte[] dataKey, String context) {
    return keys.getFirst().seal(dataKey, context);
  }

  /** Whether the first master key wrapped it. */
  public boolean isCurrent(byte[] wrapped, String context) {
    return keys.getFirst().open(wrapped, context) != null;
  }

  /** Unwraps a data key with whichever master key wrapped it; null when none did. */
  public byte @Nullable [] unwrap(byte[] wrapped, String context) {
    for (AeadKey key : keys) {
      byte[] dataKey = key.open(wrapped, context);
      if (dataKey != null) {
        return dataKey;
      }
    }
    return null;
  }

  @Override
  public String toString() {
    return "MasterKeys[<redacted>]";
  }
}
