package io.postern.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;
import picocli.CommandLine.Help.Ansi;

class TerminalTest {
  @Test
  void colours_areForTerminalsThatHaveThem() {
    assertThat(Terminal.colours(Map.of("TERM", "xterm"))).isNotEqualTo(Ansi.ON);
    assertThat(Terminal.colours(Map.of("TERM", "dumb"))).isEqualTo(Ansi.OFF);
    assertThat(Terminal.colours(Map.of())).isEqualTo(Ansi.OFF);
    assertThat(Terminal.colours(Map.of("TERM", "xterm", "NO_COLOR", "1"))).isEqualTo(Ansi.OFF);
    assertThat(Terminal.isCapable(Map.of("TERM", "dumb"))).isFalse();
  }
}
