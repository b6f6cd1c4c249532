package io.postern.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.events.AliasEvent;
import org.yaml.snakeyaml.events.DocumentStartEvent;
import org.yaml.snakeyaml.events.Event;
import org.yaml.snakeyaml.events.MappingStartEvent;
import org.yaml.snakeyaml.events.NodeEvent;
import org.yaml.snakeyaml.events.ScalarEvent;
import org.yaml.snakeyaml.events.SequenceStartEvent;
import org.yaml.snakeyaml.parser.Parser;
import org.yaml.snakeyaml.parser.ParserImpl;
import org.yaml.snakeyaml.reader.StreamReader;

/**
 * YAML that a person wrote, taken for what a person sees in it. What YAML's versions take for
 * something else than what stands there ({@link YamlScalars}), tags and merge keys are refused, and
 * so is a member that stands there twice. An alias is what its anchor marks.
 */
final class YamlDocuments {
  /** How many characters and values aliases may add, so that a short file stays a small one. */
  private static final long MAX_ALIASED = 16 * 1024 * 1024;

  private static final int MAX_DIGITS = 1000;

  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final SourceText source;
  private final Parser parser;
  private final Map<String, Anchored> anchors = new HashMap<>();
  private long size;
  private long aliased;
  private int line = 1;

  /** What an anchor marks. */
  private record Anchored(JsonNode node, long size) {}

  private YamlDocuments(SourceText source) {
    this.source = source;
    LoaderOptions options = new LoaderOptions();
    options.setCodePointLimit(Integer.MAX_VALUE);
    this.parser = new ParserImpl(new StreamReader(source.reader()), options);
  }

  /**
   * The documents that are not empty.
   *
   * @throws CommandFailedException with line and reason, when this is not what can be read
   */
  static List<JsonNode> read(SourceText source) {
    YamlDocuments documents = new YamlDocuments(source);
    try {
      YamlScalars.requireLegible(source);
      return documents.all();
    } catch (MarkedYAMLException e) {
      throw source.fault(
          e.getProblemMark() == null ? documents.line : e.getProblemMark().getLine() + 1,
          "this is not YAML: " + e.getProblem());
    } catch (YAMLException | IllegalArgumentException | IndexOutOfBoundsException e) {
      // the last two, for escapes and directives that the library does not expect
      throw source.fault(documents.line, "this is not YAML");
    }
  }

  private List<JsonNode> all() {
    List<JsonNode> documents = new ArrayList<>();
    while (!peek().is(Event.ID.StreamEnd)) {
      if (next() instanceof DocumentStartEvent) {
        // YAML 1.2.2 §3.2.2.2: anchors are a document's own
        anchors.clear();
        if (isEmpty(peek())) {
          next();
        } else {
          documents.add(node(0));
        }
      }
    }
    return documents;
  }

  private Event peek() {
    return parser.peekEvent();
  }

  private Event next() {
    Event event = parser.getEvent();
    line = event.getStartMark().getLine() + 1;
    return event;
  }

  private CommandFailedException fault(String reason) {
    return source.fault(line, reason);
  }

  private JsonNode node(int depth) {
    long before = size;
    Event event = next();
    if (depth > JsonDocument.MAX_DEPTH) {
      throw fault("this stands too deep: more than " + JsonDocument.MAX_DEPTH + " levels");
    }
    JsonNode node =
        switch (event) {
          case AliasEvent alias -> resolve(alias.getAnchor());
          case ScalarEvent scalar -> scalar(scalar);
          case SequenceStartEvent sequence -> sequence(sequence, depth);
          case MappingStartEvent mapping -> mapping(mapping, depth);
          default -> throw fault("this is not YAML: there is no value");
        };
    size++;
    if (event instanceof NodeEvent marked && !(event instanceof AliasEvent)) {
      anchor(marked.getAnchor(), node, size - before);
    }
    return node;
  }

  private void anchor(@Nullable String name, JsonNode node, long nodeSize) {
    if (name != null) {
      anchors.put(name, new Anchored(node, nodeSize));
    }
  }

  private JsonNode resolve(String name) {
    Anchored anchored = anchors.get(name);
    if (anchored == null) {
      throw fault(
          "*%s is an alias, and no anchor &%s stands before it; write \"*%s\" if it is text"
              .formatted(name, name, name));
    }
    size += anchored.size;
    aliased += anchored.size;
    if (aliased > MAX_ALIASED) {
      throw fault("the aliases stand for too much");
    }
    return anchored.node;
  }

  private ArrayNode sequence(SequenceStartEvent start, int depth) {
    requireUntagged(start.getTag());
    ArrayNode elements = NODES.arrayNode();
    while (!peek().is(Event.ID.SequenceEnd)) {
      elements.add(node(depth + 1));
    }
    next();
    return elements;
  }

  private ObjectNode mapping(MappingStartEvent start, int depth) {
    requireUntagged(start.getTag());
    ObjectNode members = NODES.objectNode();
    while (!peek().is(Event.ID.MappingEnd)) {
      String name = name();
      if (members.has(name)) {
        throw fault("\"" + name + "\" stands there twice");
      }
      members.set(name, node(depth + 1));
    }
    next();
    return members;
  }

  private String name() {
    if (!(next() instanceof ScalarEvent scalar)) {
      throw fault("a member's name is a text, and nothing else");
    }
    requireUntagged(scalar.getTag());
    if (scalar.isPlain() && scalar.getValue().equals("<<")) {
      throw fault("merge keys (<<) are not read; write the members themselves");
    }
    String name = source.requireUnicode(line, scalar.getValue());
    size += name.length();
    anchor(scalar.getAnchor(), TextNode.valueOf(name), name.length());
    return name;
  }

  private JsonNode scalar(ScalarEvent scalar) {
    requireUntagged(scalar.getTag());
    String text = source.requireUnicode(line, scalar.getValue());
    size += text.length();
    if (!scalar.isPlain()) {
      return TextNode.valueOf(text);
    }
    String refusal = YamlScalars.refusal(text);
    if (refusal != null) {
      throw fault(refusal);
    }
    return YamlScalars.isLiteral(text) ? literal(text) : TextNode.valueOf(text);
  }

  private JsonNode literal(String text) {
    return switch (text) {
      case "~", "null" -> NODES.nullNode();
      case "true" -> NODES.booleanNode(true);
      case "false" -> NODES.booleanNode(false);
      default -> number(text);
    };
  }

  private JsonNode number(String text) {
    if (text.length() > MAX_DIGITS) {
      throw fault("this number is too long");
    }
    if (text.matches("-?\\d+")) {
      return NODES.numberNode(new BigInteger(text));
    }
    double number = Double.parseDouble(text);
    if (!Double.isFinite(number)) {
      throw fault("this number is too large");
    }
    return NODES.numberNode(number);
  }

  private void requireUntagged(@Nullable String tag) {
    if (tag != null) {
      throw fault("tags (" + tag + ") are not read; leave it out, and quote what is text");
    }
  }

  private static boolean isEmpty(Event event) {
    return event instanceof ScalarEvent scalar
        && scalar.isPlain()
        && scalar.getValue().isEmpty()
        && scalar.getTag() == null;
  }
}
