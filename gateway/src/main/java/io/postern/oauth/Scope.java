package io.postern.oauth;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The grammar of scope values and of the scope parameter (RFC 6749 §3.3). */
public final class Scope {
  /** Asks for all that is granted on the audience; no scope has this name. */
  public static final String ALL = ".all";

  // segments of a path that every client resolves away
  private static final Set<String> UNADDRESSABLE = Set.of(".", "..");

  /** The longest scope value, in characters. */
  public static final int MAX_LENGTH = 255;

  private Scope() {}

  /** Whether the text may be the value of a registered scope. */
  public static boolean isValid(String text) {
    return !text.isEmpty()
        && text.length() <= MAX_LENGTH
        && !text.equals(ALL)
        && !UNADDRESSABLE.contains(text)
        && text.chars().allMatch(c -> isScopeChar(c) && c != Audience.SEPARATOR);
  }

  /**
   * Splits a scope parameter at its single spaces.
   *
   * @return the tokens in their order, or null when the parameter is malformed
   */
  public static @Nullable List<String> split(String parameter) {
    List<String> tokens = new ArrayList<>();
    int start = 0;
    for (int i = 0; i <= parameter.length(); i++) {
      if (i == parameter.length() || parameter.charAt(i) == ' ') {
        if (i == start) {
          return null;
        }
        tokens.add(parameter.substring(start, i));
        start = i + 1;
      } else if (!isScopeChar(parameter.charAt(i))) {
        return null;
      }
    }
    return tokens;
  }

  // RFC 6749 §3.3: scope-token = 1*( %x21 / %x23-5B / %x5D-7E )
  private static boolean isScopeChar(int c) {
    return c == 0x21 || (c >= 0x23 && c <= 0x5B) || (c >= 0x5D && c <= 0x7E);
  }
}
