package io.postern.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

/** What {@code postern --help} says. */
class HelpTest {
  private static final int WIDTH = 80;

  @Test
  void help_namesEachCommandOnce_inLinesThatFitATerminal() {
    List<String> named =
        Postern.help()
            .lines()
            .filter(line -> line.matches("  [a-z].*"))
            .map(line -> line.strip().split(" ", 2)[0])
            .toList();
    assertThat(named)
        .containsExactlyInAnyOrderElementsOf(
            Postern.commandLine(Map.of()).getSubcommands().keySet());
    assertThat(Postern.help().lines()).allMatch(line -> line.length() <= WIDTH);
  }

  @ParameterizedTest
  @ValueSource(strings = {"-h", "-h agent", "--help"})
  void help_isTheSameText_whereverItIsAskedFor(String arguments) {
    assertThat(printed(arguments.split(" "))).isEqualTo(Postern.help());
  }

  @Test
  void everyCommand_printsItsOwnOnce() {
    List<String> commands = names("", Postern.commandLine(Map.of())).toList();
    assertThat(commands).contains("agent secret add", "health");
    for (String command : commands) {
      assertThat(printed((command + " --help").split(" ")).lines())
          .as(command)
          .filteredOn(line -> line.startsWith("Usage: postern "))
          .singleElement()
          .asString()
          .startsWith("Usage: postern " + command);
    }
  }

  private static Stream<String> names(String before, CommandLine command) {
    return command.getSubcommands().entrySet().stream()
        .flatMap(
            sub ->
                Stream.concat(
                    Stream.of(before + sub.getKey()),
                    names(before + sub.getKey() + " ", sub.getValue())));
  }

  @Test
  void noArguments_areAnsweredWithHelp() {
    assertThat(printed()).isEqualTo(Postern.help());
  }

  private static String printed(String... arguments) {
    CommandLine command = Postern.commandLine(Map.of());
    StringWriter out = new StringWriter();
    command.setOut(new PrintWriter(out, true));
    assertThat(command.execute(arguments)).isZero();
    return out.toString();
  }
}
