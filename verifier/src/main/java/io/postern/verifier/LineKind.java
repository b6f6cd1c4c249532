package io.postern.verifier;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a not-before line is of, and whether its id is published as it is or as a keyed hash. */
enum LineKind {
  /** A client, by its {@code client_id} or as one that acts. */
  CLIENT(true),
  /** A service, by its audience. */
  RESOURCE(true),
  /** One token with what came of it, by its {@code jti}. */
  TOKEN(false),
  /** Whatever a key has signed, by its {@code kid}. */
  KEY(false),
  /** A person, by its {@code sub}. */
  USER(true),
  /** A person's session, by its {@code sid}. */
  SESSION(true),
  /** A refresh token with what came of it. */
  FAMILY(true);

  private final String label = name().toLowerCase(Locale.ROOT);
  private final boolean hashed;

  LineKind(boolean hashed) {
    this.hashed = hashed;
  }

  boolean isHashed() {
    return hashed;
  }

  /** The kind of that name; null for one that this version does not know. */
  static @Nullable LineKind find(String label) {
    for (LineKind kind : values()) {
      if (kind.label.equals(label)) {
        return kind;
      }
    }
    return null;
  }
}
