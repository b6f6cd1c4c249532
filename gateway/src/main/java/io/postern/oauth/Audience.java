package io.postern.oauth;

/** The grammar of an audience: 1 to 255 visible ASCII characters other than the bar. */
public final class Audience {
  /** The longest audience, in characters. */
  public static final int MAX_LENGTH = 255;

  /** Stands between audience and scope value in a scope parameter; in no audience, in no scope. */
  public static final char SEPARATOR = '|';

  private Audience() {}

  /** Whether the text may be an audience. */
  public static boolean isValid(String text) {
    return !text.isEmpty()
        && text.length() <= MAX_LENGTH
        && text.chars().allMatch(c -> c >= 0x21 && c <= 0x7E && c != SEPARATOR);
  }
}
