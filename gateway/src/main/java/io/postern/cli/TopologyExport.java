package io.postern.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;

/**
 * An export on its way from the gateway into a file. Each hosted credential gets a variable that
 * its value may be read from when the file is applied elsewhere: a name of its own, which nobody
 * has set by chance, and optional, so that where the credential is already it keeps its value.
 */
final class TopologyExport {
  private final JsonParser parser;
  private final JsonGenerator generator;
  private final Set<String> variables = new HashSet<>();

  /**
   * @param parser before the document
   */
  TopologyExport(JsonParser parser, JsonGenerator generator) {
    this.parser = parser;
    this.generator = generator;
  }

  void copy() throws IOException {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      throw new IOException("the gateway sends no topology");
    }
    generator.writeStartObject();
    while (parser.nextToken() == JsonToken.FIELD_NAME) {
      String name = parser.currentName();
      generator.writeFieldName(name);
      if (parser.nextToken() == JsonToken.START_ARRAY && name.equals("credentials")) {
        generator.writeStartArray();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          generator.writeTree(withSource(parser.readValueAsTree()));
        }
        generator.writeEndArray();
      } else {
        generator.copyCurrentStructure(parser);
      }
    }
    generator.writeEndObject();
  }

  private JsonNode withSource(JsonNode credential) {
    boolean hasKeyPair =
        credential.at("/oauth_client/auth_method").asText().equals("private_key_jwt");
    if (credential instanceof ObjectNode object && !hasKeyPair) {
      object
          .putObject("value_from")
          .put("env", newVariable(credential.path("identifier").asText()))
          .put("optional", true);
    }
    return credential;
  }

  private String newVariable(String identifier) {
    String name = "HOSTED_" + identifier.toUpperCase(Locale.ROOT).replaceAll("[^A-Z0-9]", "_");
    String unique = name;
    for (int i = 2; !variables.add(unique); i++) {
      unique = name + "_" + i;
    }
    return unique;
  }
}
