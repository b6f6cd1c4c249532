package io.postern.setting;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/** The names of settings, and the checks of their values. */
public final class Settings {
  /** What the names of all variables begin with. */
  public static final String PREFIX = "POSTERN_";

  private Settings() {}

  /** The flag of a variable: {@code POSTERN_HTTP_PORT} is {@code --http-port}. */
  public static String optionOf(String variable) {
    return "--" + variable.substring(PREFIX.length()).replace('_', '-').toLowerCase(Locale.ROOT);
  }

  /** The variable of a flag: {@code --http-port} is {@code POSTERN_HTTP_PORT}. */
  public static String variableOf(String option) {
    return PREFIX + option.substring("--".length()).replace('-', '_').toUpperCase(Locale.ROOT);
  }

  /**
   * Parses a value; a complaint becomes one that names the setting.
   *
   * @throws SettingException when the parser throws an {@link IllegalArgumentException}
   */
  public static <S, T> T parse(String setting, S value, Function<S, T> parser) {
    try {
      return parser.apply(value);
    } catch (IllegalArgumentException e) {
      throw new SettingException(setting, String.valueOf(e.getMessage()));
    }
  }

  /** The values of a list without white space around them, and without empty ones. */
  public static List<String> elements(List<String> written) {
    return written.stream().map(String::strip).filter(element -> !element.isEmpty()).toList();
  }

  /**
   * Refuses a value that is not good.
   *
   * @throws SettingException saying the problem
   */
  public static void check(String setting, boolean good, String problem) {
    if (!good) {
      throw new SettingException(setting, problem);
    }
  }

  /**
   * Refuses a duration that is out of its range.
   *
   * @throws SettingException saying the range, both ends of which are good
   */
  public static void checkBetween(String setting, Duration value, Duration least, Duration most) {
    check(
        setting,
        value.compareTo(least) >= 0 && value.compareTo(most) <= 0,
        value + " is not from " + least + " to " + most);
  }
}
