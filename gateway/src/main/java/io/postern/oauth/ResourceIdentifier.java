package io.postern.oauth;

import java.util.Locale;

/**
 * The normal form of a resource identifier (RFC 8707 §2): two of them name the same resource when
 * their normal forms are the same. The schema has the same function, {@code normal_audience}, so
 * that no two such audiences are registered.
 */
public final class ResourceIdentifier {
  private ResourceIdentifier() {}

  /**
   * Normalises scheme, host, port, an empty path and percent-encodings, and nothing else of the
   * path: whether {@code /a/../b} is {@code /b} is for the resource to say.
   *
   * @param uri any text; what is no absolute URI comes back as it is
   */
  public static String normalize(String uri) {
    int colon = uri.indexOf(':');
    if (colon < 1 || !isScheme(uri, colon)) {
      return uri;
    }
    // RFC 3986 §6.2.2.1: scheme and host in small letters
    String scheme = uri.substring(0, colon).toLowerCase(Locale.ROOT);
    String rest = normalizeEncodings(uri.substring(colon + 1));
    if (!rest.startsWith("//")) {
      return scheme + ":" + rest;
    }
    int end = endOfAuthority(rest);
    int host = rest.lastIndexOf('@', end - 1) + 1;
    String user = rest.substring(2, Math.max(2, host));
    String hostAndPort = rest.substring(Math.max(2, host), end).toLowerCase(Locale.ROOT);
    String path = rest.substring(end);
    // §6.2.3: an empty path beside an authority is "/"
    String slash = path.startsWith("/") ? "" : "/";
    return scheme + "://" + user + withoutDefaultPort(scheme, hostAndPort) + slash + path;
  }

  /** RFC 3986 §6.2.2.1, §6.2.2.2: hexadecimal in capitals, and unreserved characters as such. */
  static String normalizeEncodings(String text) {
    if (text.indexOf('%') < 0) {
      return text;
    }
    StringBuilder normal = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int high = c == '%' && i + 2 < text.length() ? hexDigit(text.charAt(i + 1)) : -1;
      int low = high < 0 ? -1 : hexDigit(text.charAt(i + 2));
      if (low < 0) {
        normal.append(c);
        continue;
      }
      char decoded = (char) (high << 4 | low);
      if (isUnreserved(decoded)) {
        normal.append(decoded);
      } else {
        normal.append(text.substring(i, i + 3).toUpperCase(Locale.ROOT));
      }
      i += 2;
    }
    return normal.toString();
  }

  /** RFC 3986 §6.2.3: a port that is empty or the scheme's own says nothing. */
  static String withoutDefaultPort(String scheme, String hostAndPort) {
    String own =
        switch (scheme) {
          case "http" -> ":80";
          case "https" -> ":443";
          default -> ":";
        };
    if (hostAndPort.endsWith(":")) {
      return hostAndPort.substring(0, hostAndPort.length() - 1);
    }
    // within the brackets of an IPv6 address there is no port
    return own.length() > 1 && hostAndPort.endsWith(own)
        ? hostAndPort.substring(0, hostAndPort.length() - own.length())
        : hostAndPort;
  }

  private static int endOfAuthority(String rest) {
    for (int i = 2; i < rest.length(); i++) {
      char c = rest.charAt(i);
      if (c == '/' || c == '?' || c == '#') {
        return i;
      }
    }
    return rest.length();
  }

  // RFC 3986 §3.1
  private static boolean isScheme(String uri, int colon) {
    return isLetter(uri.charAt(0))
        && uri.chars()
            .limit(colon)
            .allMatch(c -> isLetter(c) || isDigit(c) || c == '+' || c == '-' || c == '.');
  }

  // RFC 3986 §2.3
  private static boolean isUnreserved(char c) {
    return isLetter(c) || isDigit(c) || c == '-' || c == '.' || c == '_' || c == '~';
  }

  private static boolean isLetter(int c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  }

  private static boolean isDigit(int c) {
    return c >= '0' && c <= '9';
  }

  private static int hexDigit(char c) {
    return c < 128 ? Character.digit(c, 16) : -1;
  }
}
