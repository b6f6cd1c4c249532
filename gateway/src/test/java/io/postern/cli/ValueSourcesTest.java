package io.postern.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where values of hosted credentials are read from, and what is said when they are not there. */
class ValueSourcesTest {
  private static final JsonMapper JSON = new JsonMapper();
  private static final Map<String, String> ENVIRONMENT =
      Map.of("KEY", "sk-secret\n", "BLANK", " \n", "HOME", "/root");

  @TempDir private Path directory;

  private TopologyFiles files(String... contents) throws IOException {
    Path folder = Files.createDirectories(directory.resolve("topology"));
    for (int i = 0; i < contents.length; i++) {
      Files.writeString(folder.resolve(i + ".yaml"), contents[i]);
    }
    return TopologyFiles.read(List.of(folder));
  }

  private static String credential(String identifier, String source) {
    return "credentials:\n  - {identifier: %s, value_from: %s}\n".formatted(identifier, source);
  }

  private static JsonNode credentials(TopologyFiles files) throws IOException {
    return JSON.readTree(files.json()).path("credentials");
  }

  @Test
  void variableAndFile_areSentAsValues() throws IOException {
    Files.writeString(directory.resolve("crm.txt"), "\n from-a-file \n");
    TopologyFiles files =
        files(credential("a", "{env: KEY}"), credential("b", "{file: ../crm.txt}"));
    assertThat(files.readValues(new ValueSources(ENVIRONMENT))).isEmpty();
    assertThat(credentials(files))
        .hasToString(
            "[{\"identifier\":\"a\",\"value\":\"sk-secret\"},"
                + "{\"identifier\":\"b\",\"value\":\"from-a-file\"}]");
  }

  @Test
  void whatIsMissing_isToldAtOnce_withFileDocumentAndCredential() throws IOException {
    Files.write(directory.resolve("latin1"), new byte[] {(byte) 0xE9});
    Files.write(directory.resolve("large"), new byte[70_000]);
    TopologyFiles files =
        files(
            credential("a", "{env: NONE}") + "---\n" + credential("b", "{env: BLANK}"),
            credential("c", "{file: none.txt}"),
            credential("d", "{file: .}"),
            credential("e", "{file: ../latin1}"),
            credential("f", "{file: ../large}"),
            credential("g", "{env: BLANK, optional: true}"),
            credential("h", "{env: KEY}"));
    String folder = directory.resolve("topology") + "/";
    assertThatThrownBy(() -> files.readValues(new ValueSources(ENVIRONMENT)))
        .isInstanceOf(CommandFailedException.class)
        .hasMessageStartingWith("nothing was sent:\n")
        .hasMessageContainingAll(
            folder + "0.yaml (document 1), credential a: the variable NONE is not set\n",
            folder + "0.yaml (document 2), credential b: the variable BLANK is empty\n",
            folder + "1.yaml, credential c: the file none.txt is not there\n",
            folder + "2.yaml, credential d: ",
            folder + "3.yaml, credential e: " + directory.resolve("latin1") + " cannot be read: ",
            "it is not UTF-8\n",
            folder + "4.yaml, credential f: " + directory.resolve("large") + " has more than 65536",
            folder + "5.yaml, credential g: the variable BLANK is empty")
        .hasMessageNotContainingAny("sk-secret", "credential h");
  }

  @Test
  void optional_needNotBeThere() throws IOException {
    TopologyFiles files =
        files(
            credential("a", "{env: NONE, optional: true}"),
            credential("b", "{file: none, optional: true}"),
            credential("c", "{env: KEY, optional: true}"),
            credential("d", "null"));
    assertThat(files.readValues(new ValueSources(ENVIRONMENT)))
        .containsExactly(
            directory.resolve("topology/0.yaml")
                + ", credential a: the variable NONE is not set; it keeps the value that it has",
            directory.resolve("topology/1.yaml")
                + ", credential b: the file none is not there; it keeps the value that it has");
    assertThat(credentials(files).findValuesAsText("value")).containsExactly("sk-secret");
    assertThat(credentials(files).toString()).doesNotContain("value_from");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "KEY",
        "[]",
        "{}",
        "{env: KEY, file: x}",
        "{env: 5}",
        "{env: \"\"}",
        "{file: null}",
        "{env: KEY, optional: \"no\"}",
        "{env: KEY, default: x}",
        "{vault: x}"
      })
  void otherForms_areRefused(String source) throws IOException {
    TopologyFiles files = files(credential("a", source));
    assertThatThrownBy(() -> files.readValues(new ValueSources(ENVIRONMENT)))
        .hasMessageContaining("credential a: value_from is {env: NAME} or {file: PATH}");
  }

  @Test
  void value_thatStandsInTheFile_isRefusedWithoutIt() throws IOException {
    TopologyFiles files = files("credentials: [{identifier: a, value: sk-secret}]");
    assertThatThrownBy(() -> files.readValues(new ValueSources(ENVIRONMENT)))
        .hasMessageContaining("credential a: a value does not stand in a topology")
        .hasMessageNotContaining("sk-secret");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "credentials: {}",
        "credentials: [7, null, a]",
        "credentials: [{value_from: {env: KEY}}]\n---\ncredentials: 7",
        "credentials: 7\n---\ncredentials: [{value_from: {env: NONE}}]"
      })
  void whatIsNoListOfCredentials_isForTheGatewayToSay(String content) throws IOException {
    TopologyFiles files = files(content);
    assertThat(files.readValues(new ValueSources(ENVIRONMENT))).isEmpty();
    assertThat(JSON.readTree(files.json()).has("credentials")).isTrue();
  }
}
