package io.postern.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.yaml.snakeyaml.LoaderOptions;

/**
 * A topology that stands in YAML or JSON, in one file or in several, each with one document or with
 * several: their lists are put together.
 */
public final class TopologyFiles {
  private static final int MAX_CHARACTERS = 256 * 1024 * 1024;

  private static final YAMLMapper YAML = mapper();

  private final ObjectNode document = JsonNodeFactory.instance.objectNode();
  private final Map<String, List<Part>> parts = new HashMap<>();
  private int sources;

  /** Where the elements of a list come from. */
  private record Part(String source, int first, int size) {}

  private TopologyFiles() {}

  /**
   * Reads files, folders of files that are called {@code .yaml}, {@code .yml} or {@code .json}, and
   * standard input for {@code -}.
   *
   * @throws CommandFailedException when one cannot be read, or is neither YAML nor JSON
   */
  public static TopologyFiles read(List<Path> files, InputStream standardInput) {
    TopologyFiles topology = new TopologyFiles();
    for (Path file : files) {
      try {
        if (file.toString().equals("-")) {
          topology.add("standard input", standardInput);
        } else {
          for (Path each : Files.isDirectory(file) ? within(file) : List.of(file)) {
            try (InputStream content = Files.newInputStream(each)) {
              topology.add(each.toString(), content);
            }
          }
        }
      } catch (IOException e) {
        throw new CommandFailedException(file + " cannot be read");
      }
    }
    return topology;
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

  private static List<Path> within(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().matches(".+\\.(ya?ml|json)"))
          .sorted()
          .toList();
    }
  }

  private void add(String source, InputStream content) throws IOException {
    List<JsonNode> documents = new ArrayList<>();
    try (MappingIterator<JsonNode> all = YAML.readerFor(JsonNode.class).readValues(content)) {
      all.forEachRemaining(documents::add);
    } catch (JsonProcessingException e) {
      throw malformed(source, e);
    } catch (RuntimeException e) {
      if (e.getCause() instanceof JsonProcessingException cause) {
        throw malformed(source, cause);
      }
      throw e;
    }
    for (JsonNode each : documents) {
      if (each.isNull() || each.isMissingNode()) {
        continue;
      }
      sources++;
      if (!(each instanceof ObjectNode members)) {
        throw new CommandFailedException(
            source + " holds no topology: an object with services and agents");
      }
      for (Map.Entry<String, JsonNode> member : members.properties()) {
        add(source, member.getKey(), member.getValue());
      }
    }
  }

  private void add(String source, String name, JsonNode value) {
    if (value instanceof ArrayNode elements
        && (!document.has(name) || document.get(name).isArray())) {
      ArrayNode all = document.withArray(name);
      parts
          .computeIfAbsent(name, key -> new ArrayList<>())
          .add(new Part(source, all.size(), elements.size()));
      all.addAll(elements);
    } else {
      // the gateway says what is wrong with it
      document.set(name, value);
    }
  }

  private static CommandFailedException malformed(String source, JsonProcessingException e) {
    var at = e.getLocation();
    String line = at == null ? "" : ", line " + at.getLineNr();
    return new CommandFailedException(
        source + line + ": is neither YAML nor JSON, or has a member twice");
  }

  private static YAMLMapper mapper() {
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit(MAX_CHARACTERS);
    YAMLFactory factory =
        YAMLFactory.builder()
            .loaderOptions(options)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();
    return new YAMLMapper(factory);
  }
}
