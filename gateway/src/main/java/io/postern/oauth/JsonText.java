package io.postern.oauth;

import java.util.regex.Pattern;

/** Writing of JSON text by hand, where a tree would only be garbage (RFC 8259 §7). */
public final class JsonText {
  private static final char[] HEX = "0123456789abcdef".toCharArray();

  // outside of its strings JSON has none of these
  private static final Pattern MARK =
      Pattern.compile("[\\x7F-\\x9F\\u061C\\u200E\\u200F\\u2028-\\u202E\\u2066-\\u2069]");

  private JsonText() {}

  /** Appends a string with its quotation marks. */
  public static StringBuilder appendString(StringBuilder json, String text) {
    json.append('"');
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        json.append('\\').append(c);
      } else if (c < 0x20) {
        json.append("\\u00").append(HEX[c >> 4]).append(HEX[c & 0xF]);
      } else {
        json.append(c);
      }
    }
    return json.append('"');
  }

  /**
   * Appends a string with its quotation marks in printable ASCII: no character in it moves a
   * cursor, ends a line or changes a direction, for whatever reads it.
   */
  public static StringBuilder appendAsciiString(StringBuilder json, String text) {
    json.append('"');
    int plain = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!isPlainAscii(c)) {
        json.append(text, plain, i);
        appendEscape(json, c);
        plain = i + 1;
      }
    }
    return json.append(text, plain, text.length()).append('"');
  }

  /**
   * Escapes what is left in JSON that ends a line or changes a direction for whatever reads it, and
   * controls beyond ASCII: characters that a serializer may leave as they are (RFC 8259 §7).
   */
  public static String escapeMarks(String json) {
    return MARK.matcher(json)
        .replaceAll(mark -> "\\\\u%04x".formatted((int) mark.group().charAt(0)));
  }

  private static void appendEscape(StringBuilder json, char c) {
    if (c == '"' || c == '\\') {
      json.append('\\').append(c);
    } else {
      json.append("\\u");
      for (int shift = 12; shift >= 0; shift -= 4) {
        json.append(HEX[(c >> shift) & 0xF]);
      }
    }
  }

  /** Whether the character stands for itself in a JSON string, and is one byte long there. */
  public static boolean isPlainAscii(char c) {
    return c >= 0x20 && c < 0x7F && c != '"' && c != '\\';
  }
}
