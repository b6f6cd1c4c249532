package io.postern.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.reader.StreamReader;

/** What a plain scalar of YAML is: a literal as JSON has it, a text, or nothing to rely on. */
final class YamlScalars {
  private static final Pattern LITERAL =
      Pattern.compile("~|null|true|false|-?(0|[1-9]\\d*)(\\.\\d+)?([eE][-+]?\\d+)?");

  // Of YAML 1.1 (yaml.org/type) or of YAML 1.2.2 §10.3, and not the other, or not of JSON:
  // words, 0x1F 0b1 0o17 017, 1_000 1:30 1. +1, .5, .inf .nan, = and <<
  private static final Pattern AMBIGUOUS =
      Pattern.compile(
          "(?i:y|n|yes|no|on|off|true|false|null)|=|<<"
              + "|[-+]?0[box][0-9a-fA-F_]+"
              + "|[-+]?\\d[\\d_]*(:[0-5]?\\d){0,9}(\\.[\\d_]*)?([eE][-+]?\\d+)?"
              + "|[-+]?\\.[\\d_]+([eE][-+]?\\d+)?"
              + "|[-+]?\\.(?i:inf|nan)");

  private YamlScalars() {}

  /** Whether it is a number, true, false or null, and nothing else to anybody. */
  static boolean isLiteral(String plain) {
    return LITERAL.matcher(plain).matches();
  }

  /** Why a plain scalar is not taken, and what to write; null for one that is. */
  static @Nullable String refusal(String plain) {
    if (plain.isEmpty()) {
      return "there is no value; write [] for an empty list, \"\" for an empty text, null for none";
    }
    return isLiteral(plain) || !AMBIGUOUS.matcher(plain).matches()
        ? null
        : ("%s is not the same to all that read YAML; write \"%s\" if it is text, or a number,"
                + " true, false or null as JSON does")
            .formatted(plain, plain);
  }

  /** Whether it is not a text as it stands. */
  static boolean needsQuotes(String text) {
    return isLiteral(text) || refusal(text) != null || !text.chars().allMatch(YamlScalars::isPlain);
  }

  /**
   * Refuses what is not seen, or is seen as something else: control characters, and line ends that
   * are some only to YAML 1.1.
   */
  static void requireLegible(SourceText source) {
    int line = 1;
    try (BufferedReader reader = new BufferedReader(source.reader())) {
      for (int c = reader.read(); c >= 0; c = reader.read()) {
        if (c == '\n') {
          line++;
        } else if (!isPlain(c) && c != '\r' && c != '\t') {
          throw source.fault(
              line, "the character U+%04X is not seen; write it as \"\\u%04X\"".formatted(c, c));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  // a char, half of a pair too
  private static boolean isPlain(int c) {
    return c >= ' '
        && (Character.isSurrogate((char) c) || StreamReader.isPrintable(c))
        && c != '\u0085'
        && c != '\u2028'
        && c != '\u2029';
  }
}
