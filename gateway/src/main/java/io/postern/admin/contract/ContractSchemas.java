package io.postern.admin.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.Draft;
import io.vertx.json.schema.JsonSchema;
import io.vertx.json.schema.JsonSchemaOptions;
import io.vertx.json.schema.OutputFormat;
import io.vertx.json.schema.SchemaRepository;
import java.util.List;

/** The schemas of an OpenAPI document, which refer to each other. */
final class ContractSchemas {
  private static final String BASE = "app:///";

  private final SchemaRepository repository =
      SchemaRepository.create(
          new JsonSchemaOptions()
              .setBaseUri(BASE)
              .setDraft(Draft.DRAFT202012)
              // all that is wrong, not whether something is
              .setOutputFormat(OutputFormat.Basic));

  ContractSchemas(ObjectNode document) {
    // All schemas of requests are components; from text, as the repository marks what it is given.
    ObjectNode components = document.objectNode();
    for (String kind : List.of("schemas", "parameters")) {
      components.set(kind, document.at("/components/" + kind).deepCopy());
    }
    endPatterns(components);
    JsonObject copy = new JsonObject().put("components", new JsonObject(components.toString()));
    repository.dereference(JsonSchema.of(copy));
  }

  /** The schema that stands there in the document (RFC 6901). */
  ContractSchema at(String pointer) {
    String reference = BASE + "#" + pointer;
    require(reference);
    // The locations of errors begin at a reference, and so lead back into the document.
    JsonSchema schema = JsonSchema.of(new JsonObject().put("$ref", reference));
    return new ContractSchema(repository.validator(schema), this);
  }

  /** The schema of that absolute location. */
  JsonObject require(String location) {
    if (repository.find(location) instanceof JsonObject schema) {
      return schema;
    }
    throw new IllegalArgumentException("the document has no schema at " + location);
  }

  /**
   * In JSON Schema (ECMA-262) a dollar is the end of the text; in Java it stands before a line feed
   * at the end, too.
   */
  private static void endPatterns(JsonNode node) {
    if (node instanceof ObjectNode object && object.path("pattern").isTextual()) {
      object.put("pattern", object.path("pattern").textValue().replaceAll("(?<!\\\\)\\$", "\\\\z"));
    }
    node.forEach(ContractSchemas::endPatterns);
  }
}
