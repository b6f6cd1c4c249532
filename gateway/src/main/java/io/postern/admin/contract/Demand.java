package io.postern.admin.contract;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.stream.Collectors;

/** What a schema demands of a value, in words that complete a sentence beginning with its name. */
final class Demand {
  private Demand() {}

  static String of(JsonObject schema, ContractSchemas schemas) {
    String said = schema.getString("x-fault");
    if (said != null) {
      return said;
    }
    String reference = schema.getString("__absolute_ref__");
    if (reference != null) {
      return of(schemas.require(reference), schemas);
    }
    if (schema.getValue("anyOf") instanceof JsonArray alternatives) {
      return of(alternatives.getJsonObject(0), schemas);
    }
    if (schema.getValue("enum") instanceof JsonArray values) {
      return "must be one of "
          + values.stream().map(String::valueOf).collect(Collectors.joining(", "));
    }
    return "must be " + kind(schema);
  }

  private static String kind(JsonObject schema) {
    Object type = schema.getValue("type");
    return switch (String.valueOf(type instanceof JsonArray types ? types.getValue(0) : type)) {
      case "string" ->
          "date-time".equals(schema.getString("format"))
              ? "an RFC 3339 time such as 2030-01-31T12:00:00Z"
              : "a string" + range(schema, " of", "minLength", "maxLength", " characters");
      case "integer" -> "a whole number" + range(schema, " from", "minimum", "maximum", "");
      case "number" -> "a number" + range(schema, " from", "minimum", "maximum", "");
      case "boolean" -> "true or false";
      case "array" -> "an array" + range(schema, " of", "minItems", "maxItems", " elements");
      case "object" -> "an object";
      default -> "what the description of the API says";
    };
  }

  private static String range(
      JsonObject schema, String before, String least, String most, String after) {
    Number min = schema.getNumber(least);
    Number max = schema.getNumber(most);
    if (max == null) {
      return min == null ? "" : before + " at least " + min + after;
    }
    return before + " " + (min == null ? 0 : min) + " to " + max + after;
  }
}
