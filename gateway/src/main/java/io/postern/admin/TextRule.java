package io.postern.admin;

import io.postern.jose.SignatureAlgorithm;
import io.postern.oauth.Audience;
import io.postern.oauth.ClientId;
import io.postern.oauth.Scope;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What a text must be.
 *
 * @param demand completes the sentence that starts with the member's name
 */
record TextRule(Predicate<String> accepts, String demand) {
  static final TextRule NAME =
      new TextRule(
          text -> isPlain(text) && hasCodePoints(text, 1, 200),
          "must be a string of 1 to 200 characters without control characters");

  static final TextRule DESCRIPTION =
      new TextRule(
          text -> isPlain(text) && hasCodePoints(text, 0, 200),
          "must be a string of at most 200 characters without control characters");

  static final TextRule AUDIENCE =
      new TextRule(
          Audience::isValid, "must be a string of 1 to 255 visible ASCII characters other than |");

  static final TextRule CLIENT_ID =
      new TextRule(
          ClientId::isValid,
          "must be a string of 3 to 128 unreserved characters: letters, digits, - . _ ~");

  static final TextRule SCOPE =
      new TextRule(
          Scope::isValid,
          "must be a string of 1 to 255 visible ASCII characters other than \" \\ |, and not . .."
              + " or .all");

  /** Of a parameter of the token endpoint, which says itself what is wrong with it. */
  static final TextRule PARAMETER =
      new TextRule(text -> text.length() <= 65_536, "must be a string of at most 65536 characters");

  static final TextRule KID =
      new TextRule(
          text ->
              hasCodePoints(text, 1, 255)
                  && text.chars().allMatch(c -> c >= 0x20 && c < 0x7F)
                  && !Set.of(".", "..").contains(text),
          "must be a string of 1 to 255 printable ASCII characters, and not . or ..");

  static final TextRule STATUS = oneOf("active", "disabled");

  static final TextRule AUDIT_ACTION = oneOf("create", "update", "delete");

  static final TextRule PERMISSION_MODE = oneOf("auto", "manual");

  static final TextRule ASSERTION_AUDIENCE = oneOf("issuer", "issuer_or_token_endpoint");

  /** What access tokens may be signed with. */
  static final TextRule SIGNING_ALG =
      oneOf(
          SignatureAlgorithm.FOR_TOKENS.stream()
              .map(SignatureAlgorithm::value)
              .toArray(String[]::new));

  static TextRule oneOf(String... values) {
    List<String> allowed = List.of(values);
    return new TextRule(allowed::contains, "must be one of " + String.join(", ", allowed));
  }

  private static boolean hasCodePoints(String text, int least, int most) {
    int length = text.codePointCount(0, text.length());
    return length >= least && length <= most;
  }

  // A lone surrogate has no UTF-8, and PostgreSQL takes no U+0000.
  private static boolean isPlain(String text) {
    return text.codePoints()
        .noneMatch(c -> Character.isISOControl(c) || Character.getType(c) == Character.SURROGATE);
  }
}
