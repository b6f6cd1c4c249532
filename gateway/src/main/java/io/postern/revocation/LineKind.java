package io.postern.revocation;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a not-before line is of. */
public enum LineKind {
  /** An agent or client, by its {@code client_id}; with an audience, its tokens for that alone. */
  CLIENT,
  /** A service or agent, by its audience: every token for it. */
  RESOURCE,
  /** One token, by its {@code jti}. */
  TOKEN,
  /** A signing key, by its {@code kid}: whatever it has signed. */
  KEY,
  /** A person; with an audience, what acts for that person there. */
  USER,
  /** A session of a person. */
  SESSION,
  /** A refresh token with all that came of it. */
  FAMILY;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The name in the database and in the published lines. */
  public String label() {
    return label;
  }

  /** The kind of that name, or null. */
  public static @Nullable LineKind find(String label) {
    for (LineKind kind : values()) {
      if (kind.label.equals(label)) {
        return kind;
      }
    }
    return null;
  }
}
