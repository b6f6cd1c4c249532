package io.postern.vault;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a hosted credential holds. */
public enum CredentialKind {
  /** A value that is handed over as it is. */
  API_KEY,
  /** An OAuth 2.0 client of a provider: what is handed over is the access token that it gets. */
  OAUTH_CLIENT;

  private final String value = name().toLowerCase(Locale.ROOT);

  /** The name in JSON and in the database. */
  public String value() {
    return value;
  }

  /** The kind of that name, or null. */
  public static @Nullable CredentialKind find(@Nullable String value) {
    for (CredentialKind kind : values()) {
      if (kind.value.equals(value)) {
        return kind;
      }
    }
    return null;
  }
}
