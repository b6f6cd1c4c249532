package io.postern.admin.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import io.postern.testing.Administrator;
import io.postern.testing.Administrator.Answer;
import io.postern.testing.DecisionLines;
import io.postern.testing.TestGateway;
import io.postern.testing.TokenCall;
import java.net.http.HttpRequest;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every operation of the document, against a running gateway: a good request, whose answer is held
 * against the document; and bad ones, of which every fault is told.
 */
class OpenApiOperationsTest {
  private static final String LONG = "\"" + "a".repeat(300) + "\"";

  private static TestGateway gateway;
  private static Administrator admin;
  private static JsonNode document;
  private static ContractSchemas schemas;

  @BeforeAll
  static void start() throws Exception {
    gateway = TestGateway.start();
    admin = Administrator.of(gateway);
    ObjectNode shown = (ObjectNode) admin.get("/openapi.json").json();
    document = shown.deepCopy();
    // an answer has no member that the document does not name
    for (JsonNode schema : shown.at("/components/schemas")) {
      if (schema.has("properties") && !schema.has("additionalProperties")) {
        ((ObjectNode) schema).put("additionalProperties", false);
      }
    }
    ((ObjectNode) shown.at("/components/schemas/OpenApi")).remove("additionalProperties");
    schemas = new ContractSchemas(shown);
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  /**
   * How an operation is asked for.
   *
   * @param path with its variables filled in, and a query perhaps
   * @param good the body of a request that is done, answered with the status
   * @param bad a body in which the pointers lead to what is wrong; null for an operation without
   *     one
   */
  private record Case(
      String path,
      @Nullable String good,
      int status,
      @Nullable String bad,
      List<String> pointers) {}

  private interface Preparation {
    Case prepare() throws Exception;
  }

  private static Map<String, Preparation> cases() {
    Map<String, Preparation> cases = new LinkedHashMap<>();
    cases.put("listAgents", () -> read("/agents?limit=2&name=x&status=active"));
    cases.put(
        "createAgent",
        () ->
            content(
                "/agents",
                """
                {"name": "A", "permission": {"scope": "a.call"}, "tokens_per_minute": 9}
                """,
                201,
                """
                {"name": %s, "access_token_ttl": "60", "permission": {"scop": 1}, "nmae": 1}
                """
                    .formatted(LONG),
                "/name",
                "/access_token_ttl",
                "/permission/scop",
                "/nmae"));
    cases.put("getAgent", () -> read(agent()));
    cases.put(
        "patchAgent",
        () ->
            content(
                agent(),
                "{\"status\": \"disabled\"}",
                200,
                "{\"name\": %s, \"status\": 1, \"x\": null}".formatted(LONG),
                "/name",
                "/status",
                "/x"));
    cases.put("deleteAgent", () -> delete(agent()));
    cases.put("listSecrets", () -> read(parent(secret())));
    cases.put(
        "createSecret",
        () ->
            content(
                agent() + "/secrets",
                "{\"description\": \"CI\", \"expires_at\": \"2999-01-01T00:00:00Z\"}",
                201,
                "{\"description\": %s, \"expires_at\": 1, \"x\": 1}".formatted(LONG),
                "/description",
                "/expires_at",
                "/x"));
    cases.put("getSecret", () -> read(secret()));
    cases.put("deleteSecret", () -> delete(secret()));
    cases.put("listKeys", () -> read(parent(key())));
    cases.put(
        "createKey",
        () ->
            content(
                agent() + "/keys",
                "{\"jwk\": %s, \"kid\": \"k\"}".formatted(jwk()),
                201,
                "{\"pem\": 1, \"kid\": %s, \"x\": 1}".formatted(LONG),
                "/pem",
                "/kid",
                "/x"));
    cases.put("getKey", () -> read(key()));
    cases.put("deleteKey", () -> delete(key()));
    cases.put("listGrants", () -> read(parent(grant())));
    cases.put("getGrant", () -> read(grant()));
    cases.put(
        "putGrant",
        () ->
            content(
                agent() + "/grants" + service().substring("/services".length()),
                "{\"scopes\": [\"read\"]}",
                201,
                "{\"scopes\": [7, %s, \"a\", \"a\"], \"expires_at\": 1, \"x\": 1}".formatted(LONG),
                "/scopes/0",
                "/scopes/1",
                "/scopes/3",
                "/expires_at",
                "/x"));
    cases.put("deleteGrant", () -> delete(grant()));
    cases.put("listLinks", () -> read(parent(link())));
    cases.put("getLink", () -> read(link()));
    cases.put(
        "putLink",
        () ->
            content(
                agent() + credential(),
                "{\"access\": [\"relay\"], \"requests_per_minute\": 60}",
                201,
                """
                {"access": ["obtain", "obtain", "all"], "requests_per_minute": 0, "x": 1}
                """,
                "/access",
                "/access/1",
                "/access/2",
                "/requests_per_minute",
                "/x"));
    cases.put("deleteLink", () -> delete(link()));
    cases.put("listCredentials", () -> read("/credentials?business_type=llm&identifier=x&name=y"));
    cases.put(
        "createCredential",
        () ->
            content(
                "/credentials",
                """
                {"name": "CRM", "identifier": "crm", "business_type": "external_service",
                 "oauth_client": {"token_endpoint": "https://login.example.com/token",
                   "client_id": "c", "auth_method": "private_key_jwt"}}
                """,
                201,
                """
                {"name": 1, "identifier": "..", "business_type": "other", "key_id": %s, "x": 1,
                 "api_key": " blank", "target": {"base_url": "http://x", "allow": [{"path": ""}]}}
                """
                    .formatted(LONG),
                "/name",
                "/identifier",
                "/business_type",
                "/key_id",
                "/x",
                "/api_key",
                "/target/base_url",
                "/target/allow/0/path"));
    cases.put("getCredential", () -> read(credential()));
    cases.put(
        "patchCredential",
        () ->
            content(
                credential(),
                "{\"description\": \"new\", \"target\": {\"header\": \"api-key\"}}",
                200,
                "{\"name\": %s, \"target\": {\"base_url\": \"ftp://x\", \"y\": 1}, \"x\": 1}"
                    .formatted(LONG),
                "/name",
                "/target/base_url",
                "/target/y",
                "/x"));
    cases.put("deleteCredential", () -> delete(credential()));
    cases.put(
        "putCredentialValue",
        () ->
            content(
                credential() + "/value",
                "{\"api_key\": \"sk-2\", \"keep_former_until\": \"2999-01-01T00:00:00Z\"}",
                200,
                """
                {"api_key": "", "client_secret": 1, "new_key_pair": false, "keep_former_until": 1,
                 "x": 1}
                """,
                "/api_key",
                "/client_secret",
                "/new_key_pair",
                "/keep_former_until",
                "",
                "/x"));
    cases.put("deleteCredentialValue", () -> delete(value()));
    cases.put("listCredentialLinks", () -> read(credential() + "/links"));
    cases.put(
        "listCredentialUsage", () -> read(credential() + "/usage?from=2026-01-01&to=2026-01-31"));
    cases.put("listServices", () -> read("/services?audience=urn:postern:admin"));
    cases.put(
        "createService",
        () ->
            content(
                "/services",
                """
                {"name": "S", "audience": "urn:created", "scopes": [{"value": "a", "name": null}]}
                """,
                201,
                "{\"name\": 1, \"audience\": %s, \"scopes\": [{\"valu\": 1}]}".formatted(LONG),
                "/name",
                "/audience",
                "/scopes/0/valu",
                "/scopes/0/value"));
    cases.put("getService", () -> read(service()));
    cases.put(
        "patchService",
        () ->
            content(
                service(),
                "{\"access_token_ttl\": 120}",
                200,
                "{\"name\": %s, \"access_token_ttl\": \"a\", \"x\": 1}".formatted(LONG),
                "/name",
                "/access_token_ttl",
                "/x"));
    cases.put("deleteService", () -> delete(service()));
    cases.put("listScopes", () -> read(service() + "/scopes"));
    cases.put(
        "createScope",
        () ->
            content(
                service() + "/scopes",
                "{\"value\": \"write\"}",
                201,
                "{\"value\": 1, \"name\": %s, \"x\": 1}".formatted(LONG),
                "/value",
                "/name",
                "/x"));
    cases.put("getScope", () -> read(service() + "/scopes/read"));
    cases.put(
        "patchScope",
        () ->
            content(
                service() + "/scopes/read",
                "{\"name\": \"Read\"}",
                200,
                "{\"name\": %s, \"x\": 1}".formatted(LONG),
                "/name",
                "/x"));
    cases.put("deleteScope", () -> delete(service() + "/scopes/read"));
    cases.put("listServiceSecrets", () -> read(parent(serviceSecret())));
    cases.put(
        "createServiceSecret",
        () ->
            content(
                service() + "/secrets",
                "{\"description\": \"CI\", \"expires_at\": \"2999-01-01T00:00:00Z\"}",
                201,
                "{\"description\": %s, \"expires_at\": 1, \"x\": 1}".formatted(LONG),
                "/description",
                "/expires_at",
                "/x"));
    cases.put("getServiceSecret", () -> read(serviceSecret()));
    cases.put("deleteServiceSecret", () -> delete(serviceSecret()));
    cases.put("listServiceKeys", () -> read(parent(serviceKey())));
    cases.put(
        "createServiceKey",
        () ->
            content(
                service() + "/keys",
                "{\"jwk\": %s, \"kid\": \"k\"}".formatted(jwk()),
                201,
                "{\"pem\": 1, \"kid\": %s, \"x\": 1}".formatted(LONG),
                "/pem",
                "/kid",
                "/x"));
    cases.put("getServiceKey", () -> read(serviceKey()));
    cases.put("deleteServiceKey", () -> delete(serviceKey()));
    cases.put("listSigningKeys", () -> read("/signing-keys"));
    cases.put(
        "rotateSigningKeys",
        () ->
            content(
                "/signing-keys/rotate",
                "{\"alg\": \"EdDSA\"}",
                200,
                "{\"alg\": %s, \"immediately\": \"yes\", \"x\": 1}".formatted(LONG),
                "/alg",
                "/immediately",
                "/x"));
    cases.put("listRevocations", () -> read("/revocations?limit=3"));
    cases.put(
        "revoke",
        () ->
            content(
                "/revocations",
                "{\"agent\": \"%s\", \"reason\": \"leaked\", \"disable\": true}"
                    .formatted(agent().substring("/agents/".length())),
                201,
                "{\"token\": 1, \"reason\": \"\", \"disable\": \"yes\", \"dry_run\": 1, \"x\": 1}",
                "/token",
                "/reason",
                "/disable",
                "/dry_run",
                "/x"));
    cases.put(
        "explain",
        () ->
            content(
                "/explain",
                "{\"client_id\": \"postern-admin\", \"scope\": \"admin:read other\"}",
                200,
                "{\"client_id\": 1, \"audience\": \"%s\", \"x\": 1}".formatted("a".repeat(70_000)),
                "/client_id",
                "/audience",
                "/x"));
    cases.put("getTopology", () -> read(agent() + "/topology?limit=7"));
    cases.put(
        "listDecisions",
        () -> read("/decisions?client_id=x&outcome=refused&reason=wrong_secret&after=1&limit=3"));
    cases.put("getDecision", () -> read(decision()));
    cases.put("listAuditEvents", () -> read("/audit-events?limit=9&action=create"));
    cases.put("exportTopology", () -> read("/topology"));
    cases.put(
        "applyTopology",
        () ->
            content(
                "/topology",
                """
                {"services": [{"audience": "urn:applied", "name": "S", "scopes": [{"value": "a"}]}],
                 "agents": [{"client_id": "applied", "name": "A",
                             "grants": [{"audience": "urn:applied", "scopes": ["a"]}],
                             "credentials": [{"identifier": "applied", "access": ["obtain"]}]}],
                 "credentials": [{"identifier": "applied", "name": "C", "business_type": "llm",
                                  "value": "v"}]}
                """,
                200,
                """
                {"servcies": [], "services": [{"audience": 1, "name": %1$s}],
                 "agents": [{"client_id": %1$s, "nmae": 1}, 7],
                 "credentials": [{"identifier": "", "name": "C", "business_type": "llm", "vlaue": 1}]}
                """
                    .formatted(LONG),
                "/servcies",
                "/services/0/audience",
                "/services/0/name",
                "/agents/0/client_id",
                "/agents/0/name",
                "/agents/0/nmae",
                "/agents/1",
                "/credentials/0/identifier",
                "/credentials/0/vlaue"));
    cases.put("getLicense", () -> read("/license"));
    cases.put("getIndex", () -> read("/index?min_revision=1&timeout=PT1S"));
    cases.put("getOpenApi", () -> read("/openapi.json"));
    return cases;
  }

  @TestFactory
  Stream<DynamicTest> everyOperation() {
    Map<String, Preparation> cases = cases();
    List<JsonNode> operations = document.path("paths").findParents("operationId");
    assertThat(operations.stream().map(operation -> operation.path("operationId").asText()))
        .containsExactlyInAnyOrderElementsOf(cases.keySet());
    return document.path("paths").properties().stream()
        .flatMap(
            path ->
                path.getValue().properties().stream()
                    .filter(method -> method.getValue().has("operationId"))
                    .map(
                        method -> {
                          String id = method.getValue().path("operationId").asText();
                          return DynamicTest.dynamicTest(
                              id,
                              () ->
                                  check(
                                      method.getKey().toUpperCase(Locale.ROOT),
                                      method.getValue(),
                                      cases.get(id).prepare()));
                        }));
  }

  @TestFactory
  Stream<DynamicTest> everyPath_takesTheMethodsOfTheDocument() {
    return document.path("paths").properties().stream()
        .map(
            path ->
                DynamicTest.dynamicTest(
                    path.getKey(),
                    () -> {
                      TreeSet<String> methods = new TreeSet<>();
                      path.getValue()
                          .fieldNames()
                          .forEachRemaining(name -> methods.add(name.toUpperCase(Locale.ROOT)));
                      methods.remove("PARAMETERS");
                      if (methods.contains("GET")) {
                        methods.add("HEAD");
                      }
                      Answer answer =
                          admin.send("OPTIONS", path.getKey().replaceAll("[{}]", ""), null);
                      assertThat(answer.status()).isEqualTo(405);
                      assertThat(new TreeSet<>(List.of(answer.header("Allow").split(", "))))
                          .isEqualTo(methods);
                    }));
  }

  private static void check(String method, JsonNode operation, Case request) throws Exception {
    boolean writes = operation.at("/security/0/oauth2/0").asText().equals("admin:write");
    String path = request.path;
    // the bad ones first: they change nothing
    if (request.bad != null) {
      Answer bad = admin.send(method, path, request.bad);
      assertThat(bad.status()).isEqualTo(422);
      assertThat(bad.json().path("errors").findValuesAsText("pointer"))
          .containsExactlyInAnyOrderElementsOf(request.pointers);
      assertDescribed(operation, bad);
      Answer malformed = admin.send(method, path, "{");
      assertThat(malformed.status()).isEqualTo(400);
      assertDescribed(operation, malformed);
    }
    Answer misspelt = admin.send(method, path.replaceAll("\\?.*", "") + "?limti=1", request.good);
    assertThat(misspelt.status()).isEqualTo(400);
    assertThat(misspelt.json().at("/errors/0/parameter").asText()).isEqualTo("limti");
    assertDescribed(operation, misspelt);
    if (!operation.path("security").isEmpty()) {
      var uri = gateway.managementUri("/admin/v1" + path);
      var stranger =
          HttpRequest.newBuilder(uri).method(method, HttpRequest.BodyPublishers.noBody());
      assertThat(gateway.send(stranger.build()).statusCode()).isEqualTo(401);
      String other = writes ? "admin:read" : "admin:write";
      Answer forbidden = Administrator.withScope(gateway, other).send(method, path, request.good);
      assertThat(forbidden.status()).isEqualTo(403);
      assertDescribed(operation, forbidden);
    }

    Answer answer = admin.send(method, writes ? path + "?wait=all" : path, request.good);
    assertThat(answer.status()).as(answer.json().toString()).isEqualTo(request.status);
    assertDescribed(operation, answer);
  }

  /** Holds an answer against what the document says of its status: headers, type, body. */
  private static void assertDescribed(JsonNode operation, Answer answer) {
    JsonNode response = resolve(operation.path("responses").path("" + answer.status()));
    assertThat(response.isMissingNode()).as("" + answer.status()).isFalse();
    for (Map.Entry<String, JsonNode> header : response.path("headers").properties()) {
      String pattern = resolve(header.getValue()).at("/schema/pattern").asText(".+");
      assertThat(answer.header(header.getKey())).as(header.getKey()).containsPattern(pattern);
    }
    if (response.path("content").isEmpty()) {
      assertThat(answer.json().isNull()).isTrue();
      return;
    }
    String type = response.path("content").fieldNames().next();
    assertThat(answer.header("Content-Type")).isEqualTo(type);
    String reference = response.path("content").path(type).at("/schema/$ref").asText();
    assertThat(schemas.at(reference.substring(1)).faults(answer.json())).isEmpty();
  }

  private static JsonNode resolve(JsonNode node) {
    return node.has("$ref") ? document.at(node.path("$ref").asText().substring(1)) : node;
  }

  private static Case content(
      String path, String good, int status, String bad, String... pointers) {
    return new Case(path, good, status, bad, List.of(pointers));
  }

  private static Case read(String path) {
    return new Case(path, null, 200, null, List.of());
  }

  private static Case delete(String path) {
    return new Case(path, null, 204, null, List.of());
  }

  private static String agent() {
    return created("POST", "/agents", "{\"name\": \"A\"}");
  }

  private static String service() {
    return created(
        "POST",
        "/services",
        "{\"name\": \"S\", \"audience\": \"urn:%s\", \"scopes\": [{\"value\": \"read\"}]}"
            .formatted(UUID.randomUUID()));
  }

  private static String secret() {
    return created("POST", agent() + "/secrets", "{}");
  }

  private static String key() throws Exception {
    return created("POST", agent() + "/keys", "{\"jwk\": " + jwk() + "}");
  }

  private static String serviceSecret() {
    return created("POST", service() + "/secrets", "{}");
  }

  private static String serviceKey() throws Exception {
    return created("POST", service() + "/keys", "{\"jwk\": " + jwk() + "}");
  }

  private static String grant() {
    String path = agent() + "/grants" + service().substring("/services".length());
    return created("PUT", path, "{\"scopes\": [\"read\"]}");
  }

  private static String credential() {
    return created(
        "POST",
        "/credentials",
        """
        {"name": "Model", "identifier": "%s", "business_type": "llm", "api_key": "sk-1",
         "target": {"base_url": "https://llm.example.com"}}
        """
            .formatted(UUID.randomUUID()));
  }

  private static String value() {
    String credential = credential();
    admin.send(
        "PUT",
        credential + "/value",
        "{\"api_key\": \"sk-2\", \"keep_former_until\": \"2999-01-01T00:00:00Z\"}");
    String id = admin.get(credential).json().at("/values/0/value_id").asText();
    return credential + "/values/" + id;
  }

  private static String link() {
    return created("PUT", agent() + credential(), "{\"access\": [\"obtain\"]}");
  }

  private static String decision() {
    String id = TokenCall.to(gateway).send().header("Postern-Decision-Id");
    // told after the answer
    DecisionLines.eventually(() -> admin.get("/decisions/" + id).status() == 200);
    return "/decisions/" + id;
  }

  private static String jwk() throws Exception {
    return new ECKeyGenerator(Curve.P_256).generate().toPublicJWK().toJSONString();
  }

  private static String created(String method, String path, String body) {
    Answer answer = admin.send(method, path, body);
    assertThat(answer.status()).isEqualTo(201);
    return answer.header("Location").substring("/admin/v1".length());
  }

  private static String parent(String path) {
    return path.substring(0, path.lastIndexOf('/'));
  }
}
