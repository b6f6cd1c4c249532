package io.postern.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.setting.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/** {@code manual/settings.md} against the options of the commands: their names and defaults. */
class SettingsPageTest {
  private static final Path PAGE = Path.of("manual", "settings.md");

  /** One or two variables, and the default. */
  private static final Pattern ROW =
      Pattern.compile("(?m)^\\| `(POSTERN_\\w+)`(?: or `(POSTERN_\\w+)`)? \\| ([^|]*) \\|");

  @Test
  void page_hasEachSettingWithItsDefault() throws IOException {
    Map<String, String> listed = listed();
    assertThat(listed.keySet())
        .containsExactlyInAnyOrderElementsOf(
            options().map(SettingsPageTest::variable).distinct().toList());
    assertThat(options().filter(option -> option.defaultValue() != null))
        .allSatisfy(
            option ->
                assertThat(listed.get(variable(option)))
                    .as(variable(option))
                    .isEqualTo("`" + option.defaultValue() + "`"));
  }

  private static Map<String, String> listed() throws IOException {
    Map<String, String> defaults = new TreeMap<>();
    for (MatchResult row : ROW.matcher(Files.readString(PAGE)).results().toList()) {
      defaults.put(row.group(1), row.group(3));
      if (row.group(2) != null) {
        defaults.put(row.group(2), row.group(3));
      }
    }
    return defaults;
  }

  private static Stream<OptionSpec> options() {
    return Stream.of(new ServeCommand(), new DevCommand(), new HealthCommand(), new AdminOptions())
        .flatMap(command -> CommandSpec.forAnnotatedObject(command).options().stream())
        .filter(Predicate.not(OptionSpec::usageHelp))
        .filter(Predicate.not(OptionSpec::versionHelp));
  }

  private static String variable(OptionSpec option) {
    return Settings.variableOf(option.longestName());
  }
}
