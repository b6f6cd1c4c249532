package io.postern.vault;

import org.jspecify.annotations.Nullable;

/**
 * Paths below a target, in the one spelling that is compared and sent. What different servers read
 * differently is refused rather than guessed at: dot segments in any encoding, empty segments,
 * encoded slashes, backslashes, control characters, and percent signs that are encoded twice.
 */
public final class TargetPath {
  private static final String UNRESERVED_MARKS = "-._~";
  // RFC 3986 §3.3: pchar but for letters, digits and percent-encodings; and the slash
  private static final String OTHERS = "-._~!$&'()*+,;=:@/";
  private static final String HEX = "0123456789ABCDEF";

  private TargetPath() {}

  /**
   * The path in its normal spelling: what is encoded without need is decoded, other encodings are
   * in capitals (RFC 3986 §6.2.2).
   *
   * @param path empty or from its slash, as it stands in a request
   * @return null when the path may be read in different ways
   */
  public static @Nullable String findNormal(String path) {
    if (!path.isEmpty() && path.charAt(0) != '/') {
      return null;
    }
    StringBuilder normal = new StringBuilder(path.length());
    for (int i = 0; i < path.length(); i++) {
      char c = path.charAt(i);
      if (c == '%') {
        int octet = octet(path, i);
        if (octet < 0) {
          return null;
        }
        i += 2;
        if (isUnreserved(octet)) {
          normal.append((char) octet);
        } else if (isRead(octet)) {
          normal.append('%').append(HEX.charAt(octet >> 4)).append(HEX.charAt(octet & 15));
        } else {
          return null;
        }
      } else if (isLetterOrDigit(c) || OTHERS.indexOf(c) >= 0) {
        normal.append(c);
      } else {
        return null;
      }
    }
    return hasPlainSegments(normal) ? normal.toString() : null;
  }

  // -1 when there are no two digits
  private static int octet(String path, int percent) {
    if (percent + 2 >= path.length()) {
      return -1;
    }
    int high = digit(path.charAt(percent + 1));
    int low = digit(path.charAt(percent + 2));
    return high < 0 || low < 0 ? -1 : high << 4 | low;
  }

  // Character.digit takes digits of other scripts
  private static int digit(char c) {
    return HEX.indexOf(c >= 'a' && c <= 'f' ? c - 'a' + 'A' : c);
  }

  /** Whether an encoded octet means the same to every server: no control, slash, or percent. */
  private static boolean isRead(int octet) {
    return octet >= 0x20 && octet != 0x7F && octet != '/' && octet != '\\' && octet != '%';
  }

  private static boolean hasPlainSegments(CharSequence path) {
    int start = 1;
    for (int i = 1; i <= path.length(); i++) {
      if (i == path.length() || path.charAt(i) == '/') {
        boolean last = i == path.length();
        if (i == start ? !last : isDots(path, start, i)) {
          return false;
        }
        start = i + 1;
      }
    }
    return true;
  }

  // some servers cut a segment's parameters, which begin with a semicolon, before they look at dots
  private static boolean isDots(CharSequence path, int start, int end) {
    int dots = 0;
    while (start + dots < end && path.charAt(start + dots) == '.') {
      dots++;
    }
    int after = start + dots;
    return (dots == 1 || dots == 2) && (after == end || path.charAt(after) == ';');
  }

  private static boolean isUnreserved(int octet) {
    return octet < 0x80 && (isLetterOrDigit((char) octet) || UNRESERVED_MARKS.indexOf(octet) >= 0);
  }

  private static boolean isLetterOrDigit(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  }
}
