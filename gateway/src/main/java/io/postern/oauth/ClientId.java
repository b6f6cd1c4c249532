package io.postern.oauth;

/**
 * The grammar of a client identifier: 3 to 128 unreserved characters (RFC 3986 §2.3), so that
 * clients which forget to form-encode it in the Basic header still work (RFC 6749 §2.3.1).
 */
public final class ClientId {
  /** The longest identifier, in characters. */
  public static final int MAX_LENGTH = 128;

  private static final int MIN_LENGTH = 3;

  private ClientId() {}

  /** Whether the text may be given as a client identifier. */
  public static boolean isValid(String text) {
    if (text.length() < MIN_LENGTH || text.length() > MAX_LENGTH) {
      return false;
    }
    for (int i = 0; i < text.length(); i++) {
      if (!isUnreserved(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  // RFC 3986 §2.3: ALPHA / DIGIT / "-" / "." / "_" / "~"
  private static boolean isUnreserved(char c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || c == '-'
        || c == '.'
        || c == '_'
        || c == '~';
  }
}
