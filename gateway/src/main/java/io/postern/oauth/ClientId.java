package io.postern.oauth;

import java.util.regex.Pattern;

/**
 * The grammar of a client identifier: 3 to 128 unreserved characters (RFC 3986 §2.3), so that
 * clients which forget to form-encode it in the Basic header still work (RFC 6749 §2.3.1).
 */
public final class ClientId {
  /** The longest identifier, in characters. */
  public static final int MAX_LENGTH = 128;

  private static final Pattern GRAMMAR = Pattern.compile("[A-Za-z0-9._~-]{3," + MAX_LENGTH + "}");

  private ClientId() {}

  /** Whether the text may be given as a client identifier. */
  public static boolean isValid(String text) {
    return GRAMMAR.matcher(text).matches();
  }
}
