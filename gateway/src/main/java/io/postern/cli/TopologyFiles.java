package io.postern.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.setting.InputFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A topology that stands in YAML or JSON, in one file or in several: their lists are put together.
 * A file of YAML may hold several documents.
 */
public final class TopologyFiles {
  private static final String CREDENTIALS = "credentials";

  private final ObjectNode document = JsonNodeFactory.instance.objectNode();
  private final Map<String, List<Part>> parts = new HashMap<>();
  private final List<String> empty = new ArrayList<>();
  private final List<String> leftOut = new ArrayList<>();
  private int sources;

  /**
   * Where the elements of a list come from.
   *
   * @param folder that the source is in
   */
  private record Part(String source, Path folder, int first, int size) {}

  /** A document, or a file that holds one, by the name that people know it by. */
  private record Source(String name, Path folder) {}

  private TopologyFiles() {}

  /**
   * Reads files, folders with those in them that are called {@code .yaml}, {@code .yml} or {@code
   * .json}, and standard input for {@code -}.
   *
   * @throws CommandFailedException when one cannot be read, or is neither YAML nor JSON
   */
  public static TopologyFiles read(List<Path> files) {
    TopologyFiles topology = new TopologyFiles();
    for (Path file : files) {
      int before = topology.elements();
      if (Files.isDirectory(file)) {
        topology.addFolder(file);
      } else {
        topology.add(file);
      }
      if (topology.elements() == before) {
        topology.empty.add(InputFile.name(file));
      }
    }
    return topology;
  }

  /**
   * Puts the values of hosted credentials in the places of where they are.
   *
   * @return which optional ones were not there
   * @throws CommandFailedException with each value that cannot be had
   */
  public List<String> readValues(ValueSources sources) {
    if (document.get(CREDENTIALS) instanceof ArrayNode credentials) {
      for (Part part : parts.getOrDefault(CREDENTIALS, List.of())) {
        for (int i = part.first; i < part.first + part.size; i++) {
          credentials.set(i, sources.resolve(part.source, part.folder, credentials.get(i)));
        }
      }
    }
    if (!sources.faults().isEmpty()) {
      throw nothingSent(sources.faults());
    }
    return sources.kept();
  }

  /**
   * Refuses what must not leave this machine.
   *
   * @param whyNot says of an element of a list why it must stay here; null if it need not
   * @throws CommandFailedException with each that must
   */
  public void requireSendable(Function<JsonNode, @Nullable String> whyNot) {
    List<String> faults = new ArrayList<>();
    for (String list : parts.keySet()) {
      JsonNode elements = document.path(list);
      for (int i = 0; i < elements.size(); i++) {
        String reason = whyNot.apply(elements.path(i));
        if (reason != null) {
          faults.add(place("/" + list + "/" + i) + " " + reason);
        }
      }
    }
    if (!faults.isEmpty()) {
      throw nothingSent(faults);
    }
  }

  private static CommandFailedException nothingSent(List<String> faults) {
    return new CommandFailedException("nothing was sent:\n  " + String.join("\n  ", faults));
  }

  /** Which of the files, folders and standard input name no service, agent or credential. */
  public List<String> empty() {
    return List.copyOf(empty);
  }

  /** What stands hidden in folders and was not read. */
  public List<String> leftOut() {
    return List.copyOf(leftOut);
  }

  /** All of it as one JSON document. */
  public byte[] json() {
    return document.toString().getBytes(StandardCharsets.UTF_8);
  }

  /** A JSON pointer into {@link #json}, as whoever wrote the files finds it. */
  public String place(String pointer) {
    String[] segments = pointer.split("/", 4);
    if (sources < 2 || segments.length < 3 || !segments[2].matches("\\d{1,9}")) {
      return pointer;
    }
    int index = Integer.parseInt(segments[2]);
    for (Part part : parts.getOrDefault(segments[1], List.of())) {
      if (index >= part.first && index < part.first + part.size) {
        String rest = segments.length > 3 ? "/" + segments[3] : "";
        return "%s /%s/%d%s".formatted(part.source, segments[1], index - part.first, rest);
      }
    }
    return pointer;
  }

  private int elements() {
    return document.path("services").size()
        + document.path("agents").size()
        + document.path(CREDENTIALS).size();
  }

  private void addFolder(Path folder) {
    try {
      TopologyFolder found = TopologyFolder.list(folder);
      if (found.files().isEmpty()) {
        throw new CommandFailedException(folder + " holds no file called .yaml, .yml or .json");
      }
      found.hidden().forEach(path -> leftOut.add(path.toString()));
      found.files().forEach(this::add);
    } catch (IOException e) {
      throw new CommandFailedException(InputFile.unreadable(folder, e));
    }
  }

  private void add(Path file) {
    try (InputStream content = InputFile.open(file)) {
      SourceText source = SourceText.read(InputFile.name(file), content);
      List<JsonNode> documents =
          source.isJson() ? List.of(JsonDocument.read(source)) : YamlDocuments.read(source);
      Path parent = file.getParent();
      Path folder = parent == null ? Path.of("") : parent;
      for (int i = 0; i < documents.size(); i++) {
        String part = documents.size() == 1 ? "" : " (document " + (i + 1) + ")";
        add(new Source(source.name() + part, folder), documents.get(i));
      }
    } catch (IOException e) {
      throw new CommandFailedException(InputFile.unreadable(file, e));
    }
  }

  private void add(Source source, JsonNode topology) {
    if (topology.isNull() || topology.isMissingNode()) {
      return;
    }
    sources++;
    if (!(topology instanceof ObjectNode members)) {
      throw new CommandFailedException(
          source.name + " holds no topology: an object with services and agents");
    }
    for (Map.Entry<String, JsonNode> member : members.properties()) {
      add(source, member.getKey(), member.getValue());
    }
  }

  private void add(Source source, String name, JsonNode value) {
    if (value instanceof ArrayNode elements
        && (!document.has(name) || document.get(name).isArray())) {
      ArrayNode all = document.withArray(name);
      parts
          .computeIfAbsent(name, key -> new ArrayList<>())
          .add(new Part(source.name, source.folder, all.size(), elements.size()));
      all.addAll(elements);
    } else {
      // the gateway says what is wrong with it
      document.set(name, value);
    }
  }
}
