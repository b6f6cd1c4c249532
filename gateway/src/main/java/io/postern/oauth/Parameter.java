package io.postern.oauth;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A parameter of the token endpoint (RFC 6749 §4.4.2, RFC 8707 §2, RFC 7521 §4.2). */
enum Parameter {
  GRANT_TYPE,
  CLIENT_ID,
  CLIENT_SECRET,
  CLIENT_ASSERTION_TYPE,
  CLIENT_ASSERTION,
  SCOPE,
  AUDIENCE,
  RESOURCE;

  private static final Parameter[] ALL = values();

  private final String value = name().toLowerCase(Locale.ROOT);

  /** The parameter whose name stands in {@code text} from {@code from} to {@code to}, or null. */
  static @Nullable Parameter find(byte[] text, int from, int to) {
    for (Parameter parameter : ALL) {
      if (parameter.stands(text, from, to)) {
        return parameter;
      }
    }
    return null;
  }

  /** The parameter of that name, or null. */
  static @Nullable Parameter find(String name) {
    for (Parameter parameter : ALL) {
      if (parameter.value.equals(name)) {
        return parameter;
      }
    }
    return null;
  }

  private boolean stands(byte[] text, int from, int to) {
    if (value.length() != to - from) {
      return false;
    }
    for (int i = from; i < to; i++) {
      if (text[i] != value.charAt(i - from)) {
        return false;
      }
    }
    return true;
  }
}
