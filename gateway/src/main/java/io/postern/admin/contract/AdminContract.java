package io.postern.admin.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.vertx.core.http.HttpMethod;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * The OpenAPI document of the admin API, {@code openapi.yaml}: which operations there are, and what
 * a request may say. Where it stands is described there.
 */
public final class AdminContract {
  private static final String RESOURCE = "openapi.yaml";
  private static final Set<String> METHODS = Set.of("get", "put", "post", "patch", "delete");

  private final ObjectNode document;
  private final ContractSchemas schemas;
  private final List<Operation> operations = new ArrayList<>();

  private AdminContract(ObjectNode document) {
    this.document = document;
    this.schemas = new ContractSchemas(document);
    document
        .path("paths")
        .properties()
        .forEach(path -> addOperations(path.getKey(), path.getValue()));
  }

  /**
   * Reads the document.
   *
   * @param version of Postern
   * @param tokenEndpoint where this gateway issues tokens
   */
  public static AdminContract load(String version, String tokenEndpoint) {
    try (InputStream yaml = AdminContract.class.getResourceAsStream(RESOURCE)) {
      if (yaml == null) {
        throw new IllegalStateException(RESOURCE + " is missing");
      }
      ObjectNode document = new YAMLMapper().readValue(yaml, ObjectNode.class);
      document.withObject("/info").put("version", version);
      document
          .withObject("/components/securitySchemes/oauth2/flows/clientCredentials")
          .put("tokenUrl", tokenEndpoint);
      return new AdminContract(document);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The document, in JSON. */
  public ObjectNode json() {
    return document.deepCopy();
  }

  /** A schema of that name, for what is not held against it as a whole. */
  public ContractSchema schema(String name) {
    return schemas.at("/components/schemas/" + name);
  }

  /** All operations, in the document's order. */
  public List<Operation> operations() {
    return List.copyOf(operations);
  }

  private void addOperations(String path, JsonNode methods) {
    for (Map.Entry<String, JsonNode> method : methods.properties()) {
      if (METHODS.contains(method.getKey())) {
        JsonNode json = method.getValue();
        operations.add(
            new Operation(
                json.path("operationId").asText(),
                HttpMethod.valueOf(method.getKey().toUpperCase(Locale.ROOT)),
                path,
                json.at("/security/0/oauth2/0").textValue(),
                queryParameters(json),
                bodies(json),
                json.at("/requestBody/required").asBoolean()));
      }
    }
  }

  private Map<String, ContractSchema> queryParameters(JsonNode operation) {
    Map<String, ContractSchema> parameters = new LinkedHashMap<>();
    for (JsonNode reference : operation.path("parameters")) {
      String pointer = reference.path("$ref").asText().substring(1);
      JsonNode parameter = document.at(pointer);
      if (parameter.path("in").asText().equals("query")) {
        parameters.put(parameter.path("name").asText(), schemas.at(pointer + "/schema"));
      }
    }
    return parameters;
  }

  private Map<String, ContractSchema> bodies(JsonNode operation) {
    Map<String, ContractSchema> bodies = new LinkedHashMap<>();
    for (Map.Entry<String, JsonNode> content : operation.at("/requestBody/content").properties()) {
      String reference = content.getValue().at("/schema/$ref").asText();
      bodies.put(content.getKey(), schemas.at(reference.substring(1)));
    }
    return bodies;
  }
}
