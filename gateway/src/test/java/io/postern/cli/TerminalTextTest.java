package io.postern.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.oauth.JsonText;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What reaches a terminal of what others have written. */
class TerminalTextTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u0000", "\u0007", "\b", "\t", "\n", "\r", "\u001b", "\u007f", "\u0085", "\u009b",
        "\u061c", "\u200e", "\u200f", "\u2028", "\u2029", "\u202a", "\u202e", "\u2066", "\u2069"
      })
  void whatMovesATerminal_isReplaced_andInJsonEscaped(String unsafe) throws Exception {
    assertThat(TerminalText.printable("a" + unsafe + "b")).isEqualTo("a\uFFFDb");
    ObjectNode json = JsonNodeFactory.instance.objectNode().put("x", "a" + unsafe + "b");
    String shown = TerminalText.json(json.toPrettyString());
    assertThat(shown.replace("\n", "").replace("\r", "")).matches("[ -~]*");
    assertThat(new JsonMapper().readTree(shown)).isEqualTo(json);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Zoë", "日本語", "نص", "می‌خواهم", "👩‍🚀", "a b"})
  void whatPeopleWrite_stays(String text) {
    assertThat(TerminalText.printable(text)).isEqualTo(text);
    assertThat(TerminalText.json("\"" + text + "\"")).isEqualTo("\"" + text + "\"");
  }

  /** What the gateway escapes in JSON for whatever reads it; the two know nothing of each other. */
  @Test
  void unsafe_isWhatJsonEscapes() {
    for (char c = 0; c < Character.MAX_VALUE; c++) {
      String text = String.valueOf(c);
      boolean escaped = c < 0x20 || !JsonText.escapeMarks(text).equals(text);
      assertThat(!TerminalText.printable(text).equals(text))
          .as("U+%04X", (int) c)
          .isEqualTo(escaped);
    }
  }

  @Test
  void failure_keepsItsLines() {
    assertThat(new CommandFailedException("one\u001b[2J\n  two")).hasMessage("one\uFFFD[2J\n  two");
  }
}
