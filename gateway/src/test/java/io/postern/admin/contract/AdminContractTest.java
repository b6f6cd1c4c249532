package io.postern.admin.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import io.postern.admin.protocol.AdminRoutes;
import io.postern.jose.SignatureAlgorithm;
import io.postern.oauth.Audience;
import io.postern.oauth.ClientId;
import io.postern.oauth.Scope;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AdminContractTest {
  private static final AdminContract CONTRACT = AdminContract.load("1", "https://a.example/token");
  private static final JsonMapper JSON = new JsonMapper();

  private static ContractSchema schema(String name) {
    return new ContractSchemas(CONTRACT.json()).at("/components/schemas/" + name);
  }

  private static Map<String, String> faults(String name, String json) throws Exception {
    return schema(name).faults(JSON.readTree(json));
  }

  @Test
  void faults_areAllFoundAtOnce_inWordsForPeople() throws Exception {
    String name = "a".repeat(201);
    assertThat(
            faults(
                "NewAgent",
                """
                {"nmae": 1, "name": "%s", "audience": "a b", "access_token_ttl": "60",
                 "signing_alg": 7, "permission": {"mode": "x", "scop": 1}}
                """
                    .formatted(name)))
        .containsOnly(
            Map.entry("/nmae", "is unknown"),
            Map.entry(
                "/name", "must be a string of 1 to 200 characters without control characters"),
            Map.entry(
                "/audience", "must be a string of 1 to 255 visible ASCII characters other than |"),
            Map.entry("/access_token_ttl", "must be a whole number from 60 to 86400"),
            Map.entry("/signing_alg", "must be one of ES256, RS256, PS256, EdDSA"),
            Map.entry("/permission/mode", "must be one of auto, manual"),
            Map.entry("/permission/scop", "is unknown"));
    assertThat(faults("NewService", "{\"scopes\": [{}, 7], \"name\": null}"))
        .containsOnly(
            Map.entry("/audience", "is required"),
            Map.entry(
                "/name", "must be a string of 1 to 200 characters without control characters"),
            Map.entry("/scopes/0/value", "is required"),
            Map.entry("/scopes/1", "must be an object"));
    assertThat(faults("NewGrant", "{\"scopes\": []}"))
        .containsOnly(Map.entry("/scopes", "must be an array of 1 to 1000 elements"));
    assertThat(faults("NewSecret", "{\"expires_at\": \"tomorrow\"}"))
        .containsOnly(
            Map.entry("/expires_at", "must be an RFC 3339 time such as 2030-01-31T12:00:00Z"));
    assertThat(faults("Rotation", "{\"immediately\": 1}"))
        .containsOnly(Map.entry("/immediately", "must be true or false"));
    assertThat(faults("Rotation", "[]")).containsOnly(Map.entry("", "must be an object"));
  }

  @Test
  void unknownMembers_ofAnyName_areNamed() {
    for (String name : new String[] {"a/b~c", "\t\u0001ä+%41 \"x\"", "", "__proto__", "\n"}) {
      ObjectNode body = JSON.createObjectNode().put(name, 1);
      assertThat(schema("NewSecret").faults(body))
          .as(name)
          .containsOnly(Map.entry("/" + name.replace("~", "~0").replace("/", "~1"), "is unknown"));
    }
  }

  @Test
  void nullOfAnOptionalMember_isNoFault() throws Exception {
    assertThat(
            faults(
                "NewAgent",
                """
                {"name": "a", "client_id": null, "audience": null, "permission": null,
                 "access_token_ttl": null, "signing_alg": null, "assertion_audience": null,
                 "tokens_per_minute": null}
                """))
        .isEmpty();
  }

  @Test
  void grammars_areThoseOfTheCode() {
    assertSame("Audience", Audience::isValid);
    assertSame("ScopeValue", Scope::isValid);
    assertSame("ClientId", ClientId::isValid);
  }

  private static void assertSame(String schemaName, Predicate<String> grammar) {
    ContractSchema schema = schema(schemaName);
    List<String> texts = new ArrayList<>(List.of(".", "..", "...", ".all", ".all.", "abc\n", ""));
    for (char c = 0; c < 0x180; c++) {
      texts.add("ab" + c);
      texts.add(c + "ab");
    }
    for (int length : new int[] {1, 2, 3, 127, 128, 129, 254, 255, 256, 257}) {
      texts.add("a".repeat(length));
    }
    for (String text : texts) {
      assertThat(schema.faults(TextNode.valueOf(text)).isEmpty())
          .as(schemaName + " " + text)
          .isEqualTo(grammar.test(text));
    }
  }

  @Test
  void algorithms_areThoseOfTheCode() {
    JsonNode schemas = CONTRACT.json().at("/components/schemas");
    assertThat(texts(schemas.at("/SigningAlg/enum")))
        .isEqualTo(SignatureAlgorithm.FOR_TOKENS.stream().map(SignatureAlgorithm::value).toList());
    assertThat(texts(schemas.at("/PublicJwk/properties/alg/enum")))
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(SignatureAlgorithm.values()).map(SignatureAlgorithm::value).toList());
  }

  private static List<String> texts(JsonNode array) {
    List<String> texts = new ArrayList<>();
    array.forEach(element -> texts.add(element.textValue()));
    return texts;
  }

  @Test
  void routes_areTheOperationsOfTheContract_andNoOthers() {
    Vertx vertx = Vertx.vertx();
    try {
      AdminRoutes none = routes(vertx);
      assertThatThrownBy(none::mount).hasMessageContaining("listAgents is not bound");
      AdminRoutes all = routes(vertx);
      CONTRACT.operations().forEach(operation -> all.bind(operation.id(), request -> null));
      assertThatThrownBy(all.bind("makeCoffee", request -> null)::mount)
          .hasMessageContaining("no operation [makeCoffee]");
    } finally {
      vertx.close().await();
    }
  }

  private static AdminRoutes routes(Vertx vertx) {
    return new AdminRoutes(Router.router(vertx), CONTRACT, null, () -> false, null);
  }
}
