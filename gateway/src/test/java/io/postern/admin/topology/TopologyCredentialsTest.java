package io.postern.admin.topology;

import static io.postern.admin.AdminServer.JSON;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.admin.AdminServer;
import io.postern.admin.AdminServer.Answer;
import io.postern.crypto.Sealed;
import io.postern.vault.SealedValue;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Hosted credentials and the links to them in topologies. */
class TopologyCredentialsTest {
  private static final String PATH = "/admin/v1/topology";
  private static final String VALUE = "sk-first-0123456789";

  @RegisterExtension static final AdminServer server = new AdminServer();

  private static int round;

  @BeforeEach
  void empty() throws Exception {
    round++;
    assertThat(server.post(PATH + "?prune=true", "{\"credentials\": []}").status()).isEqualTo(200);
  }

  private static String document(String value) {
    return """
    {"credentials": [
       {"identifier": "llm", "name": "LLM", "business_type": "llm", "key_id": "k1",
        "description": "Ours", "requests_per_minute": 600, "expires_at": "2040-01-01T00:00:00Z",
        "target": {"base_url": "https://api.llm.example/v1", "header": "x-api-key", "prefix": "",
                   "allow": [{"methods": ["POST", "GET"], "path": "/chat/*"}, {"path": "/models"}]}%s},
       {"identifier": "crm", "name": "CRM", "business_type": "external_service",
        "oauth_client": {"token_endpoint": "https://crm.example/token", "client_id": "c",
                         "scope": "a b"}, "value": "a client secret"}],
     "agents": [
       {"client_id": "bot-%2$d", "name": "Bot",
        "credentials": [{"identifier": "llm", "access": ["relay", "obtain"],
                         "requests_per_minute": 60, "expires_at": "2040-01-01T00:00:00Z"},
                        {"identifier": "crm", "access": ["obtain"]}]},
       {"client_id": "boss-%2$d", "name": "Boss"}]}
    """
        .formatted(value == null ? "" : ", \"value\": \"" + value + "\"", round);
  }

  private static List<String> lines(JsonNode result) {
    List<String> lines = new ArrayList<>();
    for (JsonNode change : result.path("changes")) {
      lines.add(
          "%s %s %s %s %s"
              .formatted(
                  change.path("action").asText(),
                  change.path("type").asText(),
                  change.path("client_id").asText("-"),
                  change.path("identifier").asText("-"),
                  change.path("members").properties().stream().map(Map.Entry::getKey).toList()));
    }
    return lines;
  }

  /** What the credential hands over, with the number of its values. */
  private static String held(String identifier) throws Exception {
    List<String> values = new ArrayList<>();
    for (String row :
        server.query(
            "select json_build_object('credential', credential_id, 'id', value_id, 'key',"
                + " data_key_id, 'sealed', encode(sealed, 'hex')) from hosted_value"
                + " join hosted_credential using (credential_id) where identifier = '"
                + identifier
                + "'")) {
      JsonNode value = JSON.readTree(row);
      byte[] opened =
          AdminServer.VAULT_KEYS.open(
              new Sealed(
                  value.path("key").asText(),
                  HexFormat.of().parseHex(value.path("sealed").asText())),
              SealedValue.context(value.path("credential").asText(), value.path("id").asText()));
      assertThat(opened).isNotNull();
      values.add(new String(opened, StandardCharsets.ISO_8859_1));
    }
    return String.join(" | ", values);
  }

  private static String head() throws Exception {
    return server.query("select revision from feed_head").getFirst();
  }

  @Test
  void document_isMadeInOneRevision_andThenIsNoChange() throws Exception {
    Answer plan = server.post(PATH + "?dry_run=true", document(VALUE));
    Answer applied = server.post(PATH, document(VALUE));
    assertThat(applied.status()).as(applied.json().toString()).isEqualTo(200);
    assertThat(applied.json().path("changes")).isEqualTo(plan.json().path("changes"));
    assertThat(lines(applied.json()))
        .contains(
            "create credential - llm [name, description, business_type, kind, key_id, expires_at,"
                + " requests_per_minute, target, oauth_client, value]",
            "create link bot-%d llm [access, requests_per_minute, expires_at]".formatted(round),
            "create link bot-%d crm [access, requests_per_minute, expires_at]".formatted(round));
    assertThat(applied.json().path("summary").path("create").asInt()).isEqualTo(6);
    assertThat(
            server.query(
                "select distinct revision from (select revision from hosted_credential union all"
                    + " select revision from hosted_value union all"
                    + " select revision from credential_link) r"))
        .containsExactly("" + applied.revision());
    assertThat(held("llm")).isEqualTo(VALUE);
    assertThat(held("crm")).isEqualTo("a client secret");

    for (String same : List.of(document(VALUE), document(null))) {
      Answer again = server.post(PATH + "?prune=true", same);
      assertThat(again.json().path("changes")).isEmpty();
      assertThat(head()).isEqualTo("" + applied.revision());
    }
  }

  @Test
  void value_thatIsAnother_isToldWithoutIt_andTakesThePlaceOfAll() throws Exception {
    server.post(PATH, document(VALUE));
    server.execute(
        "insert into hosted_value (value_id, credential_id, sealed, data_key_id, expires_at)"
            + " select 'former', credential_id, '\\x00', 'vault-key', now() + interval '1 day'"
            + " from hosted_credential where identifier = 'llm';"
            + " update hosted_value set creation_number = 0 where value_id = 'former'");
    // the present one is what is compared
    assertThat(server.post(PATH, document(VALUE)).json().path("changes")).isEmpty();

    Answer plan = server.post(PATH + "?dry_run=true", document("sk-second"));
    assertThat(lines(plan.json())).containsExactly("change credential - llm [value]");
    assertThat(plan.json().at("/changes/0/members/value").toString()).isEqualTo("{}");
    Answer applied = server.post(PATH, document("sk-second"));
    assertThat(applied.response().body()).doesNotContain("sk-second", VALUE);
    assertThat(held("llm")).isEqualTo("sk-second");
    assertThat(server.post(PATH, document("sk-second")).json().path("changes")).isEmpty();
    assertThat(
            server.query(
                "select concat_ws(' ', before, after) from audit_event where target_type like"
                    + " 'hosted_%'"))
        .noneMatch(event -> event.contains("sk-second") || event.contains("sealed"));
  }

  @Test
  void value_ofWhatIsNew_isRequired_andOfNobodyIsQuoted() throws Exception {
    Answer missing = server.post(PATH, document(null));
    assertThat(missing.status()).isEqualTo(422);
    assertThat(missing.pointers()).containsExactly("/credentials/0/value");

    Answer malformed = server.post(PATH, document("sk-secret\\n-in-two-lines"));
    assertThat(malformed.pointers()).containsExactly("/credentials/0/value");
    assertThat(malformed.response().body()).doesNotContain("sk-secret");
    Answer broken = server.post(PATH, document("sk-secret\", \"value\": \"sk-secret"));
    assertThat(broken.status()).isEqualTo(400);
    assertThat(broken.response().body()).doesNotContain("sk-secret");
    assertThat(server.query("select identifier from hosted_credential")).isEmpty();
  }

  @Test
  void members_areToldOneByOne_byTheirEffect() throws Exception {
    server.post(PATH, document(VALUE));
    String changed =
        document(null)
            .replace(
                "\"header\": \"x-api-key\"", "\"query_parameter\": null, \"header\": \"x-api-key\"")
            .replace("\"scope\": \"a b\"", "\"scope\": \"a b\", \"auth_method\": null")
            .replace("\"Ours\"", "null")
            .replace("\"requests_per_minute\": 60,", "")
            .replace("/models", "/models/*");
    Answer applied = server.post(PATH, changed);
    assertThat(lines(applied.json()))
        .containsExactly(
            "change credential - llm [description, target]",
            "change link bot-%d llm [requests_per_minute]".formatted(round));
    assertThat(server.post(PATH, changed).json().path("changes")).isEmpty();
    assertThat(held("llm")).isEqualTo(VALUE);
  }

  @Test
  void prune_deletesOnlyWhereTheListStands() throws Exception {
    server.post(PATH, document(VALUE));
    String agents = "\"agents\": [{\"client_id\": \"bot-%d\", \"name\": \"Bot\"%s}]";
    String kept = "{" + agents.formatted(round, "") + "}";
    assertThat(lines(server.post(PATH + "?prune=true", kept).json()))
        .allMatch(line -> line.startsWith("delete agent boss"));
    assertThat(
            lines(
                server
                    .post(PATH + "?prune=true", kept.replace("{\"a", "{\"credentials\": null, \"a"))
                    .json()))
        .isEmpty();

    // the list of an agent is for its links
    String link = ", \"credentials\": [{\"identifier\": \"crm\", \"access\": [\"obtain\"]}]";
    assertThat(
            lines(
                server
                    .post(PATH + "?prune=true", "{" + agents.formatted(round, link) + "}")
                    .json()))
        .containsExactly(
            "delete link bot-%d llm [access, requests_per_minute, expires_at]".formatted(round));

    // the list of credentials is for all
    Answer all =
        server.post(
            PATH + "?prune=true", "{\"credentials\": [], " + agents.formatted(round, "") + "}");
    assertThat(lines(all.json()))
        .containsExactly(
            "delete credential - llm [name, business_type, kind, key_id, expires_at,"
                    .replace("name, ", "name, description, ")
                + " requests_per_minute, target, oauth_client]",
            "delete credential - crm [name, description, business_type, kind, key_id, expires_at,"
                + " requests_per_minute, target, oauth_client]",
            "delete link bot-%d crm [access, requests_per_minute, expires_at]".formatted(round));
    assertThat(server.query("select identifier from hosted_credential")).isEmpty();
    assertThat(server.query("select client_id from credential_link")).isEmpty();
  }

  @Test
  void allFaults_areToldAtOnce_andNothingIsMade() throws Exception {
    server.post(PATH, document(VALUE));
    String before = head();
    Answer answer =
        server.post(
            PATH,
            """
            {"credentials": [
               {"identifier": "llm", "name": "L", "business_type": "external_service"},
               {"identifier": "crm", "name": "C", "business_type": "external_service", "value": "v"},
               {"identifier": "..", "name": "", "business_type": "cat", "colour": 1},
               {"identifier": "new", "name": "N", "business_type": "llm", "value": "v",
                "target": {"base_url": "https://u@h/", "allow": [{"path": "x"}]}},
               {"identifier": "new", "name": "N", "business_type": "llm", "value": "v",
                "target": {"base_url": "https://h", "header": "Host", "allow": [{"path": "/../x"}]}},
               {"identifier": "o1", "name": "O", "business_type": "llm", "value": "v",
                "oauth_client": {"token_endpoint": "/token", "client_id": "c"}},
               {"identifier": "o2", "name": "O", "business_type": "llm", "value": "v",
                "oauth_client": {"token_endpoint": "https://h/t", "client_id": "c",
                                 "auth_method": "private_key_jwt"}},
               {"identifier": "o3", "name": "O", "business_type": "llm",
                "oauth_client": {"token_endpoint": "https://h/t", "client_id": "c",
                                 "client_secret": "s", "auth_method": "mtls"}},
               {"identifier": "f", "name": "F", "business_type": "llm",
                "value_from": {"env": "X"}}],
             "agents": [
               {"client_id": "bot-%1$d", "name": "Bot",
                "credentials": [{"identifier": "none", "access": ["obtain"]},
                                {"identifier": "o1", "access": ["relay"]},
                                {"identifier": "o1", "access": ["obtain", "obtain"]},
                                {"identifier": "o2", "access": []},
                                {"identifier": "o3", "access": ["steal"]}]}]}
            """
                .formatted(round));
    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.pointers())
        .containsExactlyInAnyOrder(
            "/credentials/0/business_type",
            "/credentials/0/target",
            "/credentials/1/oauth_client",
            "/credentials/2/identifier",
            "/credentials/2/name",
            "/credentials/2/business_type",
            "/credentials/2/colour",
            "/credentials/2/value",
            "/credentials/3/target/base_url",
            "/credentials/3/target/allow/0/path",
            "/credentials/4/identifier",
            "/credentials/4/target/header",
            "/credentials/4/target/allow/0/path",
            "/credentials/5/oauth_client/token_endpoint",
            "/credentials/6/value",
            "/credentials/7/oauth_client/client_secret",
            "/credentials/7/oauth_client/auth_method",
            "/credentials/7/value",
            "/credentials/8/value_from",
            "/credentials/8/value",
            "/agents/0/credentials/0/identifier",
            "/agents/0/credentials/1/access",
            "/agents/0/credentials/2/identifier",
            "/agents/0/credentials/2/access/1",
            "/agents/0/credentials/3/access",
            "/agents/0/credentials/4/access/0");
    assertThat(answer.response().body()).contains("is read by postern apply");
    assertThat(head()).isEqualTo(before);
  }

  @Test
  void target_cannotGoWhileAnybodyRelays() throws Exception {
    server.post(PATH, document(VALUE));
    String bare =
        "{\"credentials\": [{\"identifier\": \"llm\", \"name\": \"L\", \"business_type\":"
            + " \"llm\"}]%s}";
    Answer refused = server.post(PATH, bare.formatted(""));
    assertThat(refused.status()).isEqualTo(422);
    assertThat(refused.pointers()).containsExactly("/credentials/0/target");
    assertThat(refused.response().body()).contains("bot-" + round);

    String obtaining =
        ", \"agents\": [{\"client_id\": \"bot-%d\", \"name\": \"Bot\", \"credentials\":"
                .formatted(round)
            + " [{\"identifier\": \"llm\", \"access\": [\"%s\"]}]}]";
    // the link lets go of the relay first, and takes it again when there is a target
    assertThat(server.post(PATH, bare.formatted(obtaining.formatted("obtain"))).status())
        .isEqualTo(200);
    String again =
        bare.replace("\"llm\"}]", "\"llm\", \"target\": {\"base_url\": \"https://h\"}}]")
            .formatted(obtaining.formatted("relay"));
    assertThat(server.post(PATH, again).status()).isEqualTo(200);
    // and both may go together, by the agent too
    assertThat(server.post(PATH + "?prune=true", bare.formatted("")).status()).isEqualTo(200);
  }

  @Test
  void keyPair_isMadeHere_andStays() throws Exception {
    String document =
        """
        {"credentials": [{"identifier": "jwt", "name": "J", "business_type": "external_service",
           "oauth_client": {"token_endpoint": "https://h/t", "client_id": "c",
                            "auth_method": "%s"}%s}]}
        """;
    String withKey = document.formatted("private_key_jwt", "");
    Answer made = server.post(PATH, withKey);
    assertThat(made.status()).as(made.json().toString()).isEqualTo(200);
    assertThat(made.response().body()).contains("\"value\":{}").doesNotContain("kty");
    String jwk = "select oauth_client ->> 'public_jwk' from hosted_credential";
    String key = server.query(jwk).getFirst();
    assertThat(JSON.readTree(key).path("crv").asText()).isEqualTo("P-256");
    assertThat(JSON.readTree(key).has("d")).isFalse();

    assertThat(server.post(PATH, withKey).json().path("changes")).isEmpty();
    String renamed = withKey.replace("\"c\"", "\"d\"");
    assertThat(lines(server.post(PATH, renamed).json()))
        .containsExactly("change credential - jwt [oauth_client]");
    assertThat(JSON.readTree(server.query(jwk).getFirst())).isEqualTo(JSON.readTree(key));
    JsonNode export = server.get(PATH).json();
    assertThat(export.toString()).doesNotContain("kty");
    assertThat(server.post(PATH + "?prune=true", export.toString()).json().path("changes"))
        .isEmpty();

    // as by PATCH
    assertThat(server.post(PATH, document.formatted("client_secret_post", "")).pointers())
        .contains("/credentials/0/oauth_client/auth_method");
  }

  @Test
  void tokenOfAClient_endsWhenTheClientIsAnother() throws Exception {
    server.post(PATH, document(VALUE));
    server.execute(
        "insert into provider_token (credential_id, version, sealed, data_key_id, obtained_at,"
            + " expires_at) select credential_id, 7, '\\x00', 'vault-key', now(),"
            + " now() + interval '1 hour' from hosted_credential where identifier = 'crm'");
    String live = "select version from provider_token where expires_at > now()";
    server.post(PATH, document(null).replace("\"CRM\"", "\"C R M\""));
    assertThat(server.query(live)).containsExactly("7");
    server.post(PATH, document(null).replace("\"a b\"", "\"a\""));
    assertThat(server.query(live)).isEmpty();
    assertThat(server.query("select version from provider_token")).containsExactly("7");
  }

  @Test
  void number_isLimited() throws Exception {
    StringBuilder many = new StringBuilder("{\"credentials\": [");
    for (int i = 0; i <= AdminServer.CREDENTIAL_LIMIT; i++) {
      many.append(i == 0 ? "" : ",")
          .append("{\"identifier\": \"c")
          .append(i)
          .append("\", \"name\": \"C\", \"business_type\": \"llm\", \"value\": \"v\"}");
    }
    Answer refused = server.post(PATH, many.append("]}").toString());
    assertThat(refused.status()).isEqualTo(409);
    assertThat(refused.text("type")).isEqualTo("urn:postern:problem:credential-limit");
    assertThat(refused.json().path("limit").asInt()).isEqualTo(AdminServer.CREDENTIAL_LIMIT);
    assertThat(server.query("select count(*) from hosted_credential")).containsExactly("0");
  }

  @Test
  void anyDocument_overAnyOther_isWhatThereIs_andItsExportIsNoChange() throws Exception {
    Random random = new Random(12);
    for (int i = 0; i < 25; i++) {
      Map<String, String> values = new TreeMap<>();
      ObjectNode document = generated(random, values);
      Answer plan = server.post(PATH + "?dry_run=true&prune=true", document.toString());
      Answer applied = server.post(PATH + "?prune=true", document.toString());
      assertThat(applied.status()).as(applied.json().toString()).isEqualTo(200);
      assertThat(applied.json().path("changes")).isEqualTo(plan.json().path("changes"));
      assertThat(server.post(PATH + "?prune=true", document.toString()).json().path("changes"))
          .isEmpty();

      String export = server.get(PATH).response().body();
      assertThat(server.post(PATH + "?prune=true", export).json().path("changes")).isEmpty();
      assertThat(named(JSON.readTree(export))).isEqualTo(named(document));
      for (Map.Entry<String, String> value : values.entrySet()) {
        assertThat(held(value.getKey())).isEqualTo(value.getValue());
        assertThat(export).doesNotContain(value.getValue());
      }
    }
  }

  @Test
  void export_intoAnEmptyRegistry_isAllOfIt_onceTheValuesAreThere() throws Exception {
    Map<String, String> values = new TreeMap<>();
    ObjectNode document = generated(new Random(7), values);
    server.post(PATH, document.toString());
    JsonNode export = server.get(PATH).json();
    server.post(PATH + "?prune=true", "{\"credentials\": []}");
    server.execute(
        "delete from application_id i where not exists"
            + " (select from application a where a.id = i.id)");
    assertThat(server.post(PATH, export.toString()).pointers()).hasSize(values.size());

    ObjectNode filled = export.deepCopy();
    for (JsonNode credential : filled.path("credentials")) {
      String value = values.get(credential.path("identifier").asText());
      if (value != null) {
        ((ObjectNode) credential).put("value", value);
      }
    }
    assertThat(server.post(PATH, filled.toString()).status()).isEqualTo(200);
    assertThat(server.get(PATH).json()).isEqualTo(export);
  }

  @Test
  void links_ofManyAgents_areWrittenAndRead() throws Exception {
    ObjectNode document = JSON.createObjectNode();
    document.withArray("credentials").addObject().put("identifier", "one").put("name", "One");
    ((ObjectNode) document.at("/credentials/0")).put("business_type", "llm").put("value", "v");
    for (int i = 0; i < 1200; i++) {
      ObjectNode agent =
          document.withArray("agents").addObject().put("client_id", "many-" + round + "-" + i);
      agent.put("name", "M").putArray("credentials").addObject().put("identifier", "one");
      ((ObjectNode) agent.at("/credentials/0")).putArray("access").add("obtain");
    }
    assertThat(server.post(PATH, document.toString()).status()).isEqualTo(200);
    assertThat(server.query("select count(*) from credential_link")).containsExactly("1200");
    String export = server.get(PATH).response().body();
    assertThat(server.post(PATH + "?prune=true", export).json().path("changes")).isEmpty();
  }

  /**
   * Credentials of every kind and links to some of them.
   *
   * @param values is given what those of them hold that are given a value
   */
  private static ObjectNode generated(Random random, Map<String, String> values) {
    ObjectNode document = JSON.createObjectNode();
    List<String> relayed = new ArrayList<>();
    ArrayNode credentials = document.putArray("credentials");
    for (int i = 0; i < 12; i++) {
      if (random.nextInt(3) == 0) {
        continue;
      }
      ObjectNode credential = credentials.addObject().put("identifier", "c" + i);
      credential.put("name", "C " + random.nextInt(3));
      credential.put("business_type", i % 2 == 0 ? "llm" : "external_service");
      if (random.nextBoolean()) {
        credential.put("key_id", "k" + random.nextInt(3)).put("description", "D");
        credential.put("requests_per_minute", 1 + random.nextInt(3));
        credential.put("expires_at", "2040-01-01T00:00:00.123456Z");
      }
      if (random.nextInt(3) > 0) {
        relayed.add("c" + i);
        ObjectNode target =
            credential.putObject("target").put("base_url", "https://h/" + random.nextInt(2));
        switch (random.nextInt(3)) {
          case 0 -> target.put("query_parameter", "key");
          case 1 -> target.put("header", "x-api-key").put("prefix", "");
          default -> target.putArray("allow").addObject().put("path", "/*");
        }
      }
      if (i % 3 == 0) {
        ObjectNode client = credential.putObject("oauth_client");
        client.put("token_endpoint", "https://p/token").put("client_id", "x");
        if (random.nextBoolean()) {
          client.put("scope", "s" + random.nextInt(2));
        }
        client.put("auth_method", i % 2 == 0 ? "private_key_jwt" : "client_secret_post");
      }
      if (i % 6 != 0) {
        values.put("c" + i, "value-" + i + "-" + random.nextInt(2));
        credential.put("value", values.get("c" + i));
      }
    }
    for (int i = 0; i < 4; i++) {
      ObjectNode agent = document.withArray("agents").addObject();
      agent.put("client_id", "any-" + round + "-" + i).put("name", "A");
      for (JsonNode credential : credentials) {
        String identifier = credential.path("identifier").asText();
        if (random.nextInt(3) == 0) {
          ObjectNode link = agent.withArray("credentials").addObject();
          ArrayNode access = link.put("identifier", identifier).putArray("access");
          if (relayed.contains(identifier) && random.nextBoolean()) {
            access.add("relay");
          }
          if (access.isEmpty() || random.nextBoolean()) {
            access.add("obtain");
          }
          if (random.nextInt(3) == 0) {
            link.put("requests_per_minute", 1 + random.nextInt(3));
          }
        }
      }
    }
    return document;
  }

  /** All that a document says but for values, in an order of its own. */
  private static Set<String> named(JsonNode document) {
    Set<String> named = new TreeSet<>();
    for (JsonNode credential : document.path("credentials")) {
      ObjectNode copy = credential.deepCopy();
      copy.remove("value");
      named.add(sorted(copy));
    }
    for (JsonNode agent : document.path("agents")) {
      for (JsonNode link : agent.path("credentials")) {
        ObjectNode copy = link.deepCopy();
        Set<String> access = new TreeSet<>();
        copy.remove("access").forEach(element -> access.add(element.asText()));
        named.add(agent.path("client_id").asText() + " " + access + " " + sorted(copy));
      }
    }
    return named;
  }

  private static String sorted(JsonNode node) {
    return JSON.convertValue(node, new TypeReference<TreeMap<String, Object>>() {}).toString();
  }
}
