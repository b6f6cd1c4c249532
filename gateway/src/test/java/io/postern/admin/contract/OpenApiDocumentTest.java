package io.postern.admin.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.json.schema.OutputUnit;
import io.vertx.json.schema.SchemaRepository;
import io.vertx.openapi.contract.OpenAPIVersion;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/**
 * The OpenAPI document by itself: that it is one, and the rules that its own head names. Each test
 * lists what breaks a rule, by its place in the document.
 */
class OpenApiDocumentTest {
  private static final ObjectNode DOCUMENT =
      AdminContract.load("1.2.3", "https://gateway.example/oauth2/token").json();

  private static final String BASE_SCHEMA =
      "https://spec.openapis.org/oas/3.1/schema-base/2022-10-07";

  @Test
  void document_isValidOpenApi() {
    Vertx vertx = Vertx.vertx();
    try {
      SchemaRepository schemas = OpenAPIVersion.V3_1.getRepository(vertx, "app://").await();
      JsonObject document = new JsonObject(DOCUMENT.toString());
      for (OutputUnit result :
          List.of(
              OpenAPIVersion.V3_1.validateContract(vertx, schemas, document).await(),
              schemas.validator(BASE_SCHEMA).validate(document))) {
        assertThat(result.getErrors()).isNullOrEmpty();
      }
    } finally {
      vertx.close().await();
    }
  }

  @Test
  void operation_saysWhatReadersNeed() {
    List<String> tags = DOCUMENT.path("tags").findValuesAsText("name");
    List<String> ids = new ArrayList<>();
    List<String> broken = new ArrayList<>();
    operations()
        .forEach(
            (at, operation) -> {
              ids.add(operation.path("operationId").asText());
              boolean fit =
                  operation.path("operationId").asText().matches("[a-z]+([A-Z][a-z]+)*")
                      && !operation.path("summary").asText().isBlank()
                      && !operation.path("summary").asText().endsWith(".")
                      && !operation.path("description").asText().isBlank()
                      && operation.path("tags").size() == 1
                      && tags.contains(operation.at("/tags/0").asText())
                      && operation.has("security")
                      && operation.path("responses").has("400")
                      && (operation.path("security").isEmpty()
                          || (operation.path("responses").has("401")
                              && operation.path("responses").has("403")))
                      && (!operation.has("requestBody")
                          || (operation.path("responses").has("415")
                              && operation.path("responses").has("422")))
                      && operation.path("responses").properties().stream()
                          .anyMatch(response -> response.getKey().startsWith("2"));
              if (!fit) {
                broken.add(at);
              }
            });
    assertThat(broken).isEmpty();
    assertThat(ids).doesNotHaveDuplicates().hasSizeGreaterThan(25);
  }

  @Test
  void changingOperation_needsTheRightToWrite() {
    List<String> broken = new ArrayList<>();
    operations()
        .forEach(
            (at, operation) -> {
              boolean changes = !at.endsWith("/get") && !at.equals("/paths/~1explain/post");
              boolean open = operation.path("security").isEmpty();
              String scope = operation.at("/security/0/oauth2/0").asText();
              if (open
                  ? !at.equals("/paths/~1openapi.json/get")
                  : !scope.equals(changes ? "admin:write" : "admin:read")) {
                broken.add(at);
              }
            });
    assertThat(broken).isEmpty();
  }

  @Test
  void names_areSnakeCase() {
    List<String> broken = new ArrayList<>();
    walk(
        (at, node) -> {
          if (at.matches("/components/schemas/.*/properties") && !at.contains("/examples/")) {
            node.fieldNames()
                .forEachRemaining(
                    name -> {
                      if (!name.matches("[a-z]+(_[a-z]+)*")) {
                        broken.add(at + "/" + name);
                      }
                    });
          }
        });
    for (JsonNode parameter : DOCUMENT.at("/components/parameters")) {
      if (!parameter.path("in").asText().equals("header")
          && !parameter.path("name").asText().matches("[a-z]+(_[a-z]+)*")) {
        broken.add(parameter.path("name").asText());
      }
    }
    assertThat(broken).isEmpty();
  }

  @Test
  void references_leadSomewhere_andEveryComponentIsUsed() {
    List<String> used = new ArrayList<>();
    walk(
        (at, node) -> {
          if (node.path("$ref").isTextual()) {
            used.add(node.path("$ref").asText().substring(1));
          }
        });
    assertThat(used).noneMatch(pointer -> DOCUMENT.at(pointer).isMissingNode());
    List<String> unused = new ArrayList<>();
    for (Map.Entry<String, JsonNode> kind : DOCUMENT.path("components").properties()) {
      for (Map.Entry<String, JsonNode> component : kind.getValue().properties()) {
        String pointer = "/components/" + kind.getKey() + "/" + component.getKey();
        if (!kind.getKey().equals("securitySchemes") && !used.contains(pointer)) {
          unused.add(pointer);
        }
      }
    }
    assertThat(unused).isEmpty();
  }

  @Test
  void parametersAndBodies_areComponents() {
    List<String> broken = new ArrayList<>();
    walk(
        (at, node) -> {
          boolean parameter = at.matches("/paths/.*/parameters/\\d+");
          boolean body = at.matches("/paths/.*/(requestBody|responses)/.*/schema");
          String prefix = "#/components/" + (parameter ? "parameters/" : "schemas/");
          if ((parameter || body) && !node.path("$ref").asText().startsWith(prefix)) {
            broken.add(at);
          }
        });
    assertThat(broken).isEmpty();
  }

  @Test
  void pathParameters_areThoseOfThePath() {
    List<String> broken = new ArrayList<>();
    for (Map.Entry<String, JsonNode> path : DOCUMENT.path("paths").properties()) {
      List<String> names = new ArrayList<>();
      for (JsonNode reference : path.getValue().path("parameters")) {
        names.add("{" + DOCUMENT.at(target(reference)).path("name").asText() + "}");
      }
      List<String> inPath =
          List.of(path.getKey().replaceAll("^[^{]*|(?<=})[^{]*", " ").trim().split(" "));
      if (!String.join("", names).equals(String.join("", inPath))) {
        broken.add(path.getKey());
      }
    }
    assertThat(broken).isEmpty();
  }

  @Test
  void objectOfARequest_saysWhetherItTakesOtherMembers() {
    List<String> broken = new ArrayList<>();
    walk(
        (at, node) -> {
          if (at.matches("/paths/.*/requestBody/.*/schema")) {
            requireClosed(target(node), broken);
          }
        });
    assertThat(broken).isEmpty();
  }

  private static void requireClosed(String pointer, List<String> broken) {
    JsonNode schema = DOCUMENT.at(pointer);
    if (schema.has("properties") && !schema.has("additionalProperties")) {
      broken.add(pointer);
    }
    for (JsonNode node : schema.findParents("$ref")) {
      requireClosed(target(node), broken);
    }
  }

  @Test
  void pattern_isExplainedWithItsBounds() {
    List<String> broken = new ArrayList<>();
    walk(
        (at, node) -> {
          if (at.startsWith("/components/schemas/") && node.path("pattern").isTextual()) {
            String fault = node.path("x-fault").asText();
            for (String bound : List.of("minLength", "maxLength")) {
              if (!fault.startsWith("must be ")
                  || (node.has(bound) && !fault.contains(" " + node.path(bound).asText() + " "))) {
                broken.add(at);
              }
            }
          }
        });
    assertThat(broken).isEmpty();
  }

  @Test
  void bodies_haveExamplesThatFit() {
    ContractSchemas schemas = new ContractSchemas(DOCUMENT);
    Map<String, Object> broken = new TreeMap<>();
    walk(
        (at, node) -> {
          if (at.matches("/paths/.*/(requestBody|responses)/.*/schema")) {
            String pointer = target(node);
            ContractSchema schema = schemas.at(pointer);
            JsonNode examples = DOCUMENT.at(pointer).path("examples");
            if (examples.isEmpty()) {
              broken.put(pointer, "no examples");
            }
            for (JsonNode example : examples) {
              schema.faults(example).forEach((where, what) -> broken.put(pointer + where, what));
            }
          }
          if (at.matches("/components/responses/.*/example")) {
            schemas
                .at("/components/schemas/Problem")
                .faults(node)
                .forEach((where, what) -> broken.put(at + where, what));
          }
        });
    assertThat(broken).isEmpty();
  }

  /** Every operation by its place. */
  private static Map<String, JsonNode> operations() {
    Map<String, JsonNode> operations = new TreeMap<>();
    for (Map.Entry<String, JsonNode> path : DOCUMENT.path("paths").properties()) {
      for (Map.Entry<String, JsonNode> method : path.getValue().properties()) {
        if (!method.getKey().equals("parameters")) {
          operations.put(
              "/paths/" + path.getKey().replace("/", "~1") + "/" + method.getKey(),
              method.getValue());
        }
      }
    }
    return operations;
  }

  private static String target(JsonNode reference) {
    return reference.path("$ref").asText().substring(1);
  }

  private static void walk(BiConsumer<String, JsonNode> visitor) {
    walk("", DOCUMENT, visitor);
  }

  private static void walk(String at, JsonNode node, BiConsumer<String, JsonNode> visitor) {
    visitor.accept(at, node);
    for (Map.Entry<String, JsonNode> member : node.properties()) {
      walk(at + "/" + member.getKey().replace("/", "~1"), member.getValue(), visitor);
    }
    for (int i = 0; node.isArray() && i < node.size(); i++) {
      walk(at + "/" + i, node.get(i), visitor);
    }
  }
}
