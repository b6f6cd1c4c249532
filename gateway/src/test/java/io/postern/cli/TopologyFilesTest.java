package io.postern.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** YAML and JSON as they are read: for what a person sees, or not at all. */
class TopologyFilesTest {
  private static final JsonMapper JSON = new JsonMapper();

  @TempDir private Path directory;

  private JsonNode read(String name, String content) throws IOException {
    return read(name, content.getBytes(StandardCharsets.UTF_8));
  }

  private JsonNode read(String name, byte[] content) throws IOException {
    Path file = Files.write(directory.resolve(name), content);
    return JSON.readTree(TopologyFiles.read(List.of(file)).json());
  }

  private void assertRefused(String name, String content, int line, String reason) {
    assertThatThrownBy(() -> read(name, content))
        .isInstanceOf(CommandFailedException.class)
        .hasMessageStartingWith(directory.resolve(name) + ", line " + line + ": ")
        .hasMessageContaining(reason);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "0300",
        "00",
        "-017",
        "+5",
        "1_000",
        "0x1F",
        "0o17",
        "0b1",
        "1:30",
        "190:20:30",
        "1.",
        ".5",
        ".inf",
        "-.INF",
        ".NaN",
        "yes",
        "No",
        "ON",
        "off",
        "y",
        "N",
        "True",
        "FALSE",
        "Null",
        "NULL",
        "=",
        "<<"
      })
  void yaml_scalarThatIsNotTheSameToAll_isRefused(String scalar) {
    assertRefused("a.yaml", "agents:\n  - name: " + scalar, 2, scalar + " is not the same to all");
    assertRefused(
        "a.yaml", "agents:\n  - [" + scalar + "]", 2, "write \"" + scalar + "\" if it is");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\"0300\"",
        "'yes'",
        "2030-01-01",
        "2035-01-01T00:00:00Z",
        "1.2.3",
        "2026-01",
        "yes and no",
        "urn:a:1",
        "0x",
        "é",
        "a=b",
        "::1"
      })
  void yaml_text_isWhatStandsThere(String scalar) throws IOException {
    assertThat(read("a.yaml", "agents:\n  - " + scalar).at("/agents/0"))
        .hasToString("\"" + scalar.replaceAll("['\"]", "") + "\"");
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "-7, -7",
    "300, 300",
    "1.50, 1.5",
    "1e3, 1000.0",
    "true, true",
    "false, false",
    "null, null",
    "~, null",
    "12345678901234567890, 12345678901234567890"
  })
  void yaml_literal_isThatOfJson(String scalar, String json) throws IOException {
    assertThat(read("a.yaml", "agents: [" + scalar + "]").at("/agents/0")).hasToString(json);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "agents:\\n  - scopes:\\n    name: a   | 2 | there is no value",
        "agents:\\nservices: []             | 1 | there is no value",
        "agents:\\n  -\\n                   | 2 | there is no value",
        "agents: []\\nagents: []            | 2 | \"agents\" stands there twice",
        "agents: [*r]                       | 1 | no anchor &r stands before it",
        "agents: &a [*a]                    | 1 | no anchor &a stands before it",
        "a: &x 1\\n---\\nagents: [*x]       | 3 | no anchor &x stands before it",
        "agents:\\n  - {<<: {a: b}}         | 2 | merge keys",
        "agents: [!!str 5]                  | 1 | tags (tag:yaml.org,2002:str)",
        "agents: [!!binary aGk=]            | 1 | tags (tag:yaml.org,2002:binary)",
        "agents: !own []                    | 1 | tags (!own)",
        "agents: [! a]                      | 1 | tags (!)",
        "? [a]\\n: b                        | 1 | a member's name is a text",
        "agents:\\n\\t- a                   | 2 | this is not YAML: found character '\\t(TAB)'",
        "agents: [\\n  {a: b\\n             | 3 | this is not YAML: ",
        "agents: [\"\\uD800\"]              | 1 | half of a surrogate pair",
        "{\"agents\": [\"\\uD800\"]}        | 1 | half of a surrogate pair",
        "{\"agents\": [{\"\\uDC00\": 1}]}   | 1 | low surrogate in field name",
        "{\"agents\": [],\\n\"agents\": []} | 2 | this is not JSON: Duplicate field 'agents'",
        "{\"agents\": [007]}                | 1 | this is not JSON: Invalid numeric value",
        "{\"agents\": [],}                  | 1 | this is not JSON: ",
        "{\"agents\":\\n [}                 | 2 | this is not JSON: ",
        "{\"agents\": []}\\n{}              | 2 | this is not JSON: ",
        "{agents: []}                       | 1 | this is not JSON: ",
      })
  void whatIsRefused_isToldWithLineAndReason(String content, int line, String reason) {
    assertRefused(
        "a.yaml",
        content.replace("\\n", "\n").replace("\\t", "\t"),
        line,
        reason.replace("\\t", "\\t"));
  }

  @Test
  void yaml_charactersThatAreNotSeen_areRefused() {
    for (char c : "\0\u0007\u001b\u007f\u0085\u2028\u2029\ufffe".toCharArray()) {
      assertRefused("a.yaml", "agents:\n- a" + c, 2, "the character U+%04X".formatted((int) c));
    }
  }

  @Test
  void bytes_thatAreNoUtf8_areRefused() {
    assertThatThrownBy(() -> read("a.yaml", new byte[] {'a', '\n', (byte) 0xC0, (byte) 0x80}))
        .hasMessageEndingWith("a.yaml, line 2: this is not UTF-8; save it in that encoding");
    assertThatThrownBy(() -> read("a.json", "{}".getBytes(StandardCharsets.UTF_16)))
        .hasMessageContaining("a.json, line 1: this is not UTF-8");
  }

  @Test
  void json_isReadByItsOwnRules() throws IOException {
    String longName = "n".repeat(2000);
    assertThat(read("a.yaml", "\ufeff\n{\t\"agents\":\t[\"a\\/b\", {\"" + longName + "\": 1}]}"))
        .hasToString("{\"agents\":[\"a/b\",{\"" + longName + "\":1}]}");
    assertThat(read("a.JSON", "{\"agents\": [1.50, 12e2, \"\\uD83D\\uDE00\", \"\u2028\"]}"))
        .hasToString("{\"agents\":[1.5,1200.0,\"😀\",\"\u2028\"]}");
  }

  @Test
  void yaml_alias_isWhatItsAnchorMarks() throws IOException {
    assertThat(read("a.yaml", "agents: [&a {s: &r [v, w]}, {s: *r}, *a]").path("agents"))
        .hasToString("[{\"s\":[\"v\",\"w\"]},{\"s\":[\"v\",\"w\"]},{\"s\":[\"v\",\"w\"]}]");
  }

  @Test
  void yaml_aliasesThatGrow_areRefused() {
    StringBuilder laughs = new StringBuilder("a0: &a0 [lol]\n");
    for (int i = 1; i < 40; i++) {
      laughs.append("a%d: &a%d [*a%d, *a%d]\n".formatted(i, i, i - 1, i - 1));
    }
    assertThatThrownBy(() -> read("a.yaml", laughs.toString()))
        .hasMessageContaining("the aliases stand for too much");
  }

  @Test
  void depth_isBounded() {
    assertRefused("a.yaml", "agents: " + "[".repeat(100_000), 1, "too deep");
    assertRefused("a.json", "{\"agents\": " + "[".repeat(100_000), 1, "this is not JSON: ");
  }

  @Test
  void folder_isReadWithItsFolders_andTellsWhatIsHidden() throws IOException {
    Files.createDirectories(directory.resolve("b/c"));
    Files.createDirectories(directory.resolve(".git"));
    Files.writeString(directory.resolve("a.YAML"), "agents: [a]");
    Files.writeString(directory.resolve("b/c/x.json"), "{\"agents\": [\"b\"]}");
    Files.writeString(directory.resolve("b/.hidden.yml"), "agents: [c]");
    Files.writeString(directory.resolve("b/readme.txt"), "agents: [d]");
    TopologyFiles files = TopologyFiles.read(List.of(directory));
    assertThat(JSON.readTree(files.json())).hasToString("{\"agents\":[\"a\",\"b\"]}");
    assertThat(files.leftOut())
        .containsExactly(
            directory.resolve(".git").toString(), directory.resolve("b/.hidden.yml").toString());
    assertThat(files.place("/agents/1/name"))
        .isEqualTo(directory.resolve("b/c/x.json") + " /agents/0/name");
  }

  @Test
  void folder_withoutTopologies_isRefused() {
    assertThatThrownBy(() -> TopologyFiles.read(List.of(directory)))
        .hasMessage(directory + " holds no file called .yaml, .yml or .json");
  }

  @Test
  void folder_thatALinkLeadsBackTo_isRefused() throws IOException {
    Files.createSymbolicLink(directory.resolve("again"), directory);
    assertThatThrownBy(() -> TopologyFiles.read(List.of(directory)))
        .isInstanceOf(CommandFailedException.class)
        .hasMessageContaining("does a link lead back?");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "\n", "# nothing\n", "---\n", "---\n...\n---\n", "null", "agents: []"})
  void whatNamesNothing_isTold(String content) throws IOException {
    Path file = Files.writeString(directory.resolve("none.yaml"), content);
    assertThat(TopologyFiles.read(List.of(file)).empty()).containsExactly(file.toString());
  }

  @Test
  void documentsOfAFile_areToldApart() throws IOException {
    Path file = Files.writeString(directory.resolve("two.yaml"), "agents: [a]\n---\nagents: [b]");
    assertThat(TopologyFiles.read(List.of(file)).place("/agents/1"))
        .isEqualTo(file + " (document 2) /agents/0");
  }
}
