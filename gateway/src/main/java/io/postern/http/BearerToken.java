package io.postern.http;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The token of an {@code Authorization} header field (RFC 6750 §2.1). */
public final class BearerToken {
  private static final String BEARER = "bearer ";

  private BearerToken() {}

  /** The token; null when the field has none. */
  public static @Nullable String find(String field) {
    boolean bearer =
        field.length() > BEARER.length()
            && field.substring(0, BEARER.length()).toLowerCase(Locale.ROOT).equals(BEARER);
    return bearer ? field.substring(BEARER.length()).strip() : null;
  }
}
