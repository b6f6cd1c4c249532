package io.postern.vault;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a hosted credential is for. */
public enum BusinessType {
  LLM,
  EXTERNAL_SERVICE;

  private final String value = name().toLowerCase(Locale.ROOT);

  /** The name in JSON and in the database. */
  public String value() {
    return value;
  }

  /** The type of that name, or null. */
  public static @Nullable BusinessType find(@Nullable String value) {
    for (BusinessType type : values()) {
      if (type.value.equals(value)) {
        return type;
      }
    }
    return null;
  }
}
