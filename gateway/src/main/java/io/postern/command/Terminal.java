package io.postern.command;

import java.io.Console;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Help.Ansi;

/** What the terminal can do, if there is one. */
final class Terminal {
  private Terminal() {}

  /** Whether texts may have colours: not without a terminal, nor with NO_COLOR or TERM=dumb. */
  static Ansi colours(Map<String, String> environment) {
    boolean wanted = environment.getOrDefault("NO_COLOR", "").isEmpty();
    return wanted && isCapable(environment) ? Ansi.AUTO : Ansi.OFF;
  }

  /** Whether lines can be written over. */
  static boolean isCapable(Map<String, String> environment) {
    String term = environment.getOrDefault("TERM", "dumb");
    return !term.equals("dumb") && console() != null;
  }

  /** Where a person sits, or null. */
  static @Nullable Console console() {
    return Optional.ofNullable(System.console()).filter(Console::isTerminal).orElse(null);
  }
}
