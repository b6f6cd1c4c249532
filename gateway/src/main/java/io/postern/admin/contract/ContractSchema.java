package io.postern.admin.contract;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.Validator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a value must be, as the contract says. All that is wrong is found at once, and said in the
 * contract's words rather than the validator's.
 */
public final class ContractSchema {
  private static final JsonMapper JSON = new JsonMapper();

  /** Keywords that only say that a schema below does not hold, which says so itself. */
  private static final Set<String> OUTER =
      Set.of("$ref", "properties", "patternProperties", "items", "prefixItems", "allOf", "if");

  /** Keywords whose schemas below are alternatives: that each does not hold says nothing. */
  private static final Set<String> ALTERNATIVES = Set.of("anyOf", "oneOf");

  private final Validator validator;
  private final ContractSchemas schemas;

  ContractSchema(Validator validator, ContractSchemas schemas) {
    this.validator = validator;
    this.schemas = schemas;
  }

  /**
   * What is wrong with a value.
   *
   * @return for the pointer to each thing that is wrong (RFC 6901) what it must be
   */
  public Map<String, String> faults(JsonNode value) {
    OutputUnit result = validator.validate(plain(value));
    Map<String, String> faults = new LinkedHashMap<>();
    if (result.getErrors() != null) {
      Set<String> alternatives = new HashSet<>();
      for (OutputUnit error : result.getErrors()) {
        if (alternatives.stream().noneMatch(error.getKeywordLocation()::startsWith)) {
          add(faults, error);
          if (ALTERNATIVES.contains(lastSegment(error.getKeywordLocation()))) {
            alternatives.add(error.getKeywordLocation() + "/");
          }
        }
      }
    }
    return faults;
  }

  /** What is wrong with the text of a query parameter, or null. */
  public @Nullable String faultOfText(String text) {
    String fault = faults(TextNode.valueOf(text)).get("");
    if (fault != null && text.matches("0|-?[1-9]\\d{0,17}")) {
      return faults(LongNode.valueOf(Long.parseLong(text))).get("");
    }
    if (fault != null && (text.equals("true") || text.equals("false"))) {
      return faults(BooleanNode.valueOf(text.equals("true"))).get("");
    }
    return fault;
  }

  private void add(Map<String, String> faults, OutputUnit error) {
    String keyword = lastSegment(error.getKeywordLocation());
    if (OUTER.contains(keyword)) {
      return;
    }
    String pointer = error.getInstanceLocation().substring(1);
    JsonObject broken = schemas.require(parent(error.getAbsoluteKeywordLocation()));
    switch (keyword) {
      case "required" -> faults.putIfAbsent(member(pointer, quoted(error)), "is required");
      case "additionalProperties" -> {
        // the validator says it of every member that does not fit, known or not
        if (!broken.getJsonObject("properties", new JsonObject()).containsKey(quoted(error))) {
          faults.putIfAbsent(member(parent(pointer), quoted(error)), "is unknown");
        }
      }
      default -> faults.putIfAbsent(pointer, Demand.of(broken, schemas));
    }
  }

  /** The member's name. The location has it too, but encoded, and not in a way to be undone. */
  private static String quoted(OutputUnit error) {
    String text = error.getError();
    return text.substring(text.indexOf('"') + 1, text.lastIndexOf('"'));
  }

  private static String member(String owner, String name) {
    return JsonPointer.compile(owner).appendProperty(name).toString();
  }

  private static String parent(String location) {
    return location.substring(0, location.lastIndexOf('/'));
  }

  private static String lastSegment(String location) {
    return location.substring(location.lastIndexOf('/') + 1);
  }

  private static @Nullable Object plain(JsonNode value) {
    try {
      return JSON.treeToValue(value, Object.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("what has been parsed is no JSON", e);
    }
  }
}
