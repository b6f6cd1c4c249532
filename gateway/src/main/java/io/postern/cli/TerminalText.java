package io.postern.cli;

import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What others have written, a stranger perhaps, as it may go to a terminal: nothing in it moves the
 * cursor, ends the line or changes the direction of what follows.
 */
public final class TerminalText {
  /** Controls, line and paragraph separators, and the marks of bidirectional text; as JsonText. */
  private static final Pattern UNSAFE =
      Pattern.compile("[\\p{Cc}\\u061C\\u200E\\u200F\\u2028-\\u202E\\u2066-\\u2069]");

  private TerminalText() {}

  /** A text that stands within a line. */
  public static String printable(String text) {
    return UNSAFE.matcher(text).replaceAll("\uFFFD");
  }

  /** A text of several lines. */
  static String lines(String text) {
    return text.lines().map(TerminalText::printable).collect(Collectors.joining("\n"));
  }

  /** JSON, of which only the ends of its lines are left as they are; it means the same. */
  static String json(String json) {
    return UNSAFE
        .matcher(json)
        .replaceAll(
            found -> {
              char c = found.group().charAt(0);
              return c == '\n' || c == '\r' ? found.group() : "\\\\u%04x".formatted((int) c);
            });
  }
}
