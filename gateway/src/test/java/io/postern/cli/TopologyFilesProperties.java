package io.postern.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whatever stands in a file: it is read, or refused with its name and line. */
class TopologyFilesProperties {
  private static final Pattern CONTROL_OR_HALF_PAIR = Pattern.compile("[\\p{Cc}\\p{Cs}]");
  private static final JsonMapper JSON = new JsonMapper();
  private static Path directory;

  @BeforeContainer
  static void makeDirectory() throws IOException {
    directory = Files.createTempDirectory("topologies");
  }

  @AfterContainer
  static void deleteDirectory() throws IOException {
    Files.deleteIfExists(directory.resolve("x.yaml"));
    Files.deleteIfExists(directory.resolve("x.json"));
    Files.delete(directory);
  }

  /** Pieces of YAML and JSON, put together at random. */
  @Provide
  Arbitrary<String> pieces() {
    return Arbitraries.of(
            "agents",
            "a",
            ": ",
            ":",
            "- ",
            "-",
            "\n",
            "\n  ",
            "\n    ",
            "\t",
            "[",
            "]",
            "{",
            "}",
            ",",
            "\"",
            "'",
            "\\",
            "\\u",
            "\\uD800",
            "\\U00110000",
            "\\x",
            "\\0",
            "&a ",
            "*a",
            "! ",
            "!!str ",
            "!<",
            "%YAML ",
            "%TAG ",
            "1.1",
            "99999999999",
            "---\n",
            "...\n",
            "|",
            ">",
            "|9",
            "? ",
            "<<",
            "#",
            " ",
            "0300",
            "1:30",
            "1e999999999",
            "null",
            "~",
            "\r",
            "\u2028",
            "\0",
            "é",
            "😀",
            "`",
            "@")
        .list()
        .ofMaxSize(40)
        .map(pieces -> String.join("", pieces));
  }

  @Property(tries = 3000)
  void anyPieces_areReadOrRefusedWithTheirPlace(@ForAll("pieces") String content)
      throws IOException {
    readOrRefused("x.yaml", content.getBytes(StandardCharsets.UTF_8));
    readOrRefused("x.json", content.getBytes(StandardCharsets.UTF_8));
  }

  @Property(tries = 1000)
  void anyBytes_areReadOrRefusedWithTheirPlace(@ForAll byte[] content) throws IOException {
    readOrRefused("x.yaml", content);
    readOrRefused("x.json", content);
  }

  private static void readOrRefused(String name, byte[] content) throws IOException {
    Path file = Files.write(directory.resolve(name), content);
    try {
      assertThat(JSON.readTree(TopologyFiles.read(List.of(file)).json()))
          .isInstanceOf(ObjectNode.class);
    } catch (CommandFailedException e) {
      assertThat(e)
          .hasMessageMatching("(?s)\\Q" + file + "\\E(, line \\d+: .+| .*holds no topology.*)");
    }
  }

  @Property(tries = 1000)
  void text_comesBackFromWhatIsExported(@ForAll("texts") String text) throws IOException {
    YAMLMapper yaml = TopologyClient.YAML;
    ObjectNode document = JSON.createObjectNode();
    document.putArray("agents").addObject().put("name", text).putArray("scopes").add(text);
    Path file = Files.write(directory.resolve("x.yaml"), yaml.writeValueAsBytes(document));
    assertThat(JSON.readTree(TopologyFiles.read(List.of(file)).json())).isEqualTo(document);
  }

  /** What a registry holds: any characters but controls. */
  @Provide
  Arbitrary<String> texts() {
    return Arbitraries.oneOf(
            Arbitraries.strings().ofMaxLength(12),
            Arbitraries.strings()
                .withChars("0123456789_:.-+eExXobfnyYNOoauslitr~<=")
                .ofMaxLength(6),
            Arbitraries.strings().withChars("ab:#-&*!|>'\"%@`{}[], \u2028\ufeff").ofMaxLength(8))
        .filter(text -> !CONTROL_OR_HALF_PAIR.matcher(text).find());
  }
}
