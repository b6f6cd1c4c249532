package io.postern.admin.topology;

import static io.postern.admin.AdminServer.JSON;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import io.postern.admin.AdminServer;
import io.postern.admin.AdminServer.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Topologies as whole documents: applied, compared, pruned and exported. */
class TopologyApiTest {
  private static final String PATH = "/admin/v1/topology";
  private static final String EMPTY = "{}";

  @RegisterExtension static final AdminServer server = new AdminServer();

  private static int round;

  @BeforeEach
  void empty() throws Exception {
    round++;
    assertThat(server.post(PATH + "?prune=true", EMPTY).status()).isEqualTo(200);
  }

  private static String crm() throws Exception {
    return """
    {"services": [{"audience": "https://crm.example", "name": "CRM",
                   "scopes": [{"value": "read", "name": "Read"}, {"value": "write"}]}],
     "agents": [{"client_id": "bot-%1$s", "name": "Bot",
                 "keys": [{"kid": "k1", "jwk": %2$s}],
                 "grants": [{"audience": "https://crm.example", "scopes": ["write", "read"]},
                            {"audience": "urn:postern:agent:boss-%1$s",
                             "scopes": ["boss.call"], "expires_at": "2040-01-01T00:00:00Z"}]},
                {"client_id": "boss-%1$s", "name": "Boss", "permission": {"scope": "boss.call"}}]}
    """
        .formatted(round, new ECKeyGenerator(Curve.P_256).generate().toPublicJWK());
  }

  private static JsonNode export() throws Exception {
    return server.get(PATH).json();
  }

  private static String head() throws Exception {
    return server.query("select revision from feed_head").getFirst();
  }

  private static List<String> lines(JsonNode result) {
    List<String> lines = new ArrayList<>();
    for (JsonNode change : result.path("changes")) {
      List<String> members = new ArrayList<>();
      for (Map.Entry<String, JsonNode> member : change.path("members").properties()) {
        members.add(member.getKey());
      }
      lines.add(
          "%s %s %s%s%s %s"
              .formatted(
                  change.path("action").asText(),
                  change.path("type").asText(),
                  change.path("client_id").asText(""),
                  change.path("audience").asText(""),
                  change.path("value").asText(change.path("kid").asText("")),
                  members));
    }
    return lines;
  }

  @Test
  void document_isMadeInOneTransaction_andThenIsNoChange() throws Exception {
    String document = crm();
    Answer applied = server.post(PATH, document);

    assertThat(applied.status()).isEqualTo(200);
    assertThat(applied.json().path("summary").toString())
        .isEqualTo("{\"create\":8,\"change\":0,\"delete\":0}");
    assertThat(applied.json().path("changes")).hasSize(8);
    assertThat(applied.json().path("revision").asLong()).isEqualTo(applied.revision());
    assertThat(server.query("select distinct revision from resource_grant"))
        .containsExactly("" + applied.revision());
    assertThat(
            server.query(
                "select distinct actor || ' ' || source from audit_event where revision = "
                    + head()))
        .containsExactly("test-admin 127.0.0.1");

    Answer again = server.post(PATH + "?prune=true", document);
    assertThat(again.json().path("changes")).isEmpty();
    assertThat(again.revision()).isEqualTo(applied.revision());
    assertThat(head()).isEqualTo("" + applied.revision());
  }

  @Test
  void changes_areToldMemberByMember() throws Exception {
    String document = crm();
    server.post(PATH, document);
    String changed =
        document
            .replace("\"name\": \"CRM\"", "\"name\": \"CRM 2\", \"access_token_ttl\": 60")
            .replace("\"name\": \"Read\"", "\"name\": \"Look\"")
            .replace("\"name\": \"Bot\"", "\"name\": \"Bot\", \"status\": \"disabled\"")
            .replace("[\"write\", \"read\"]", "[\"read\"]")
            .replace("boss.call", "boss.ask")
            .replace(
                "\"kid\": \"k1\"", "\"kid\": \"k1\", \"expires_at\": \"2040-01-01T00:00:00Z\"");
    Answer plan = server.post(PATH + "?dry_run=true", changed);

    assertThat(lines(plan.json()))
        .containsExactly(
            "change service https://crm.example [name, access_token_ttl]",
            "change scope https://crm.exampleread [name]",
            "change agent bot-%d [status]".formatted(round),
            "change agent boss-%d [permission_scope]".formatted(round),
            "change key bot-%dk1 [expires_at]".formatted(round),
            "change grant bot-%dhttps://crm.example [scopes]".formatted(round));
    assertThat(plan.json().at("/changes/5/members/scopes").toString())
        .isEqualTo("{\"before\":[\"read\",\"write\"],\"after\":[\"read\"]}");
    // an agent's renamed scope follows into the grants by itself

    Answer applied = server.post(PATH, changed);
    assertThat(applied.json().path("changes")).isEqualTo(plan.json().path("changes"));
    assertThat(server.post(PATH, changed).json().path("changes")).isEmpty();
    assertThat(server.query("select scopes::text from resource_grant where expires_at is not null"))
        .containsExactly("{boss.ask}");
  }

  @Test
  void defaultsThatAreWritten_areNoChange() throws Exception {
    server.post(PATH, "{\"services\": [{\"audience\": \"a\", \"name\": \"A\"}]}");
    Answer again =
        server.post(
            PATH,
            "{\"services\": [{\"audience\": \"a\", \"name\": \"A\", \"access_token_ttl\": 900,"
                + " \"signing_alg\": \"ES256\"}]}");
    assertThat(again.json().path("changes")).isEmpty();
  }

  @Test
  void dryRun_writesNothing() throws Exception {
    String before = head();
    Answer plan = server.post(PATH + "?dry_run=true", crm());
    assertThat(plan.json().path("dry_run").asBoolean()).isTrue();
    assertThat(plan.json().path("changes")).hasSize(8);
    assertThat(head()).isEqualTo(before);
    assertThat(export().path("agents")).isEmpty();
  }

  @Test
  void whatIsNotNamed_staysUnlessPruned() throws Exception {
    String document = crm();
    server.post(PATH, document);
    String less =
        """
        {"services": [{"audience": "https://crm.example", "name": "CRM",
                       "scopes": [{"value": "read", "name": "Read"}]}],
         "agents": [{"client_id": "bot-%d", "name": "Bot"}]}
        """
            .formatted(round);
    assertThat(server.post(PATH, less).json().path("changes")).isEmpty();

    Answer pruned = server.post(PATH + "?prune=true", less);
    assertThat(lines(pruned.json()))
        .containsExactlyInAnyOrder(
            "delete scope https://crm.examplewrite [name]",
            "delete agent boss-%d [name, audience, status, access_token_ttl, signing_alg,"
                    .formatted(round)
                + " assertion_audience, tokens_per_minute, permission_name, permission_scope,"
                + " permission_mode]",
            "delete key bot-%dk1 [thumbprint, alg, expires_at]".formatted(round),
            "delete grant bot-%dhttps://crm.example [scopes, expires_at]".formatted(round));
    assertThat(server.post(PATH + "?prune=true", less).json().path("changes")).isEmpty();
    assertThat(
            server.query("select client_id from resource_grant where client_id <> 'postern-admin'"))
        .isEmpty();
  }

  @Test
  void installationsOwn_isNeverPrunedNorExportedNorNamed() throws Exception {
    server.execute(
        "insert into application (id, kind, name, audience, permission_name, permission_mode)"
            + " values ('postern-admin', 'agent', 'Admin', 'urn:postern:agent:postern-admin',"
            + " 'Admin', 'auto');"
            + " insert into scope (application_id, value) values ('postern-admin', 'agent.access');"
            + " insert into resource_grant (client_id, resource_id, scopes)"
            + " values ('postern-admin', 'postern-admin-api', '{admin:read}')");
    assertThat(server.post(PATH + "?prune=true", EMPTY).json().path("changes")).isEmpty();
    assertThat(export().toString()).isEqualTo("{\"services\":[],\"agents\":[]}");

    Answer named =
        server.post(
            PATH,
            "{\"services\": [{\"audience\": \"urn:postern:admin\", \"name\": \"Mine\"}],"
                + " \"agents\": [{\"client_id\": \"postern-admin\", \"name\": \"Mine\"}]}");
    assertThat(named.status()).isEqualTo(422);
    assertThat(named.pointers())
        .containsExactlyInAnyOrder("/services/0/audience", "/agents/0/client_id");
    // another administrator is an agent like any other
    Answer administrator =
        server.post(
            PATH,
            "{\"agents\": [{\"client_id\": \"ci-%d\", \"name\": \"CI\", \"grants\":"
                    .formatted(round)
                + " [{\"audience\": \"urn:postern:admin\", \"scopes\": [\"admin:read\"]}]}]}");
    assertThat(administrator.status()).isEqualTo(200);
  }

  @Test
  void allFaults_areToldAtOnce_andNothingIsMade() throws Exception {
    server.post(
        PATH, "{\"agents\": [{\"client_id\": \"old-%d\", \"name\": \"Old\"}]}".formatted(round));
    server.delete("/admin/v1/agents/old-" + round);
    String service = server.newService("https://taken.example");
    String before = head();
    Answer answer =
        server.post(
            PATH,
            """
            {"servcies": [],
             "services": [{"audience": "https://a.example", "name": "A", "scopes": [{"value": "s"}]},
                          {"audience": "https://a.example", "name": 5},
                          7],
             "agents": [{"client_id": "x y", "name": "X"},
                        {"client_id": "old-%1$d", "name": "Old"},
                        {"client_id": "%2$s", "name": "Service"},
                        {"client_id": "new-%1$d", "name": "N", "colour": "red",
                         "audience": "https://taken.example",
                         "keys": [{"kid": "k", "jwk": {"kty": "EC"}}],
                         "grants": [{"audience": "https://a.example", "scopes": ["s", "t"]},
                                    {"audience": "https://none.example", "scopes": ["s"]},
                                    {"audience": "https://taken.example", "scopes": ["s"]},
                                    {"audience": "https://a.example", "scopes": []}]}]}
            """
                .formatted(round, service));

    assertThat(answer.status()).isEqualTo(422);
    assertThat(answer.pointers())
        .containsExactlyInAnyOrder(
            "/servcies",
            "/services/1/name",
            "/services/1/audience",
            "/services/2",
            "/agents/0/client_id",
            "/agents/1/client_id",
            "/agents/2/client_id",
            "/agents/3/colour",
            "/agents/3/audience",
            "/agents/3/keys/0/jwk/crv",
            "/agents/3/keys/0/jwk/x",
            "/agents/3/keys/0/jwk/y",
            "/agents/3/grants/0/scopes",
            "/agents/3/grants/1/audience",
            "/agents/3/grants/2/audience",
            "/agents/3/grants/3/audience",
            "/agents/3/grants/3/scopes");
    assertThat(head()).isEqualTo(before);
  }

  @Test
  void faults_areAtMostAHundred() throws Exception {
    ObjectNode document = JSON.createObjectNode();
    ArrayNode agents = document.putArray("agents");
    for (int i = 0; i < 300; i++) {
      agents.addObject().put("client_id", "a-" + i);
    }
    assertThat(server.post(PATH, document.toString()).pointers()).hasSize(100);
  }

  @Test
  void faultOfTheDatabaseAtTheEnd_leavesNothing() throws Exception {
    server.execute(
        "create or replace function refuse_grants() returns trigger language plpgsql as"
            + " $$ begin raise exception 'not now'; end $$;"
            + " create trigger z_refuse before insert on resource_grant"
            + " for each row execute function refuse_grants()");
    String before = head();
    try {
      assertThat(server.post(PATH, crm()).status()).isEqualTo(500);
    } finally {
      server.execute("drop trigger z_refuse on resource_grant");
    }
    assertThat(head()).isEqualTo(before);
    assertThat(export().path("agents")).isEmpty();
  }

  @Test
  void otherSyntax_isAProblem() throws Exception {
    assertThat(server.post(PATH, "").status()).isEqualTo(400);
    assertThat(server.post(PATH, "{\"agents\": [").status()).isEqualTo(400);
    assertThat(server.post(PATH, "{\"agents\": [], \"agents\": []}").status()).isEqualTo(400);
    assertThat(server.post(PATH, "{} {}").status()).isEqualTo(400);
    assertThat(server.post(PATH, "[]").status()).isEqualTo(422);
    assertThat(server.post(PATH, "{\"agents\": {}}").pointers()).containsExactly("/agents");
    assertThat(server.post(PATH, EMPTY, "Content-Type", "text/yaml").status()).isEqualTo(415);
    assertThat(server.post(PATH + "?prune=yes", EMPTY).status()).isEqualTo(400);
    assertThat(server.send("PUT", PATH, EMPTY).status()).isEqualTo(405);
  }

  @Test
  void ifMatch_guardsAPlanAgainstChangesSince() throws Exception {
    String tag = server.post(PATH + "?dry_run=true", crm()).header("ETag");
    server.newAgent("Meanwhile");
    assertThat(server.post(PATH, crm(), "If-Match", tag).status()).isEqualTo(412);
    assertThat(server.post(PATH, crm(), "If-Match", server.get(PATH).header("ETag")).status())
        .isEqualTo(200);
  }

  @Test
  void lines_tellTheProgressAndEndWithTheResult() throws Exception {
    List<JsonNode> lines = lines(PATH, crm());
    assertThat(lines.stream().map(line -> line.path("phase").asText()).filter(p -> !p.isEmpty()))
        .contains("compare", "write", "index");
    assertThat(lines.stream().filter(line -> line.has("change"))).hasSize(8);
    assertThat(lines.getLast().at("/result/summary/create").asInt()).isEqualTo(8);
    assertThat(lines.getLast().at("/result/revision").asText()).isEqualTo(head());

    List<JsonNode> refused =
        lines(PATH, "{\"services\": [{\"audience\": \"urn:postern:admin\", \"name\": \"N\"}]}");
    assertThat(refused.getLast().at("/problem/errors/0/pointer").asText())
        .isEqualTo("/services/0/audience");
  }

  private static List<JsonNode> lines(String path, String body) throws Exception {
    String text =
        server
            .sendAsIs(
                "POST",
                path,
                body,
                "Content-Type",
                "application/json",
                "Accept",
                "application/x-ndjson",
                "Authorization",
                "Bearer " + server.token("admin:write"))
            .response()
            .body();
    List<JsonNode> lines = new ArrayList<>();
    for (String line : text.lines().toList()) {
      lines.add(JSON.readTree(line));
    }
    return lines;
  }

  @Test
  void keysOfServices_areAppliedComparedPrunedAndExported() throws Exception {
    String document =
        """
        {"services": [{"audience": "urn:keyed", "name": "Keyed", "keys": [%s]}]}
        """;
    String key =
        "{\"kid\": \"k1\", \"jwk\": %s}"
            .formatted(new ECKeyGenerator(Curve.P_256).generate().toPublicJWK());
    assertThat(lines(server.post(PATH, document.formatted(key)).json()))
        .containsExactly(
            "create service urn:keyed [name, access_token_ttl, signing_alg]",
            "create key urn:keyedk1 [thumbprint, alg, expires_at]");
    assertThat(lines(server.post(PATH, document.formatted(key)).json())).isEmpty();
    assertThat(lines(server.post(PATH + "?prune=true", export().toString()).json())).isEmpty();
    assertThat(export().at("/services/0/keys/0/jwk/kid").asText()).isEqualTo("k1");
    assertThat(lines(server.post(PATH, document.formatted("")).json())).isEmpty();
    assertThat(lines(server.post(PATH + "?prune=true", document.formatted("")).json()))
        .containsExactly("delete key urn:keyedk1 [thumbprint, alg, expires_at]");
    assertThat(
            server.post(PATH, document.formatted(key + ", " + key)).json().at("/errors/0/pointer"))
        .hasToString("\"/services/0/keys/1\"");
  }

  @Test
  void export_showsNoSecret_andAppliesAsNoChange() throws Exception {
    Random random = new Random(5);
    ObjectNode document = generated(random, 700, 40);
    Answer applied = server.post(PATH, document.toString());
    assertThat(applied.status()).as(applied.json().toString()).isEqualTo(200);
    String secret =
        server.post("/admin/v1/agents/g%d-1/secrets".formatted(round), EMPTY).text("client_secret");
    String text = server.get(PATH).response().body();

    assertThat(secret).isNotEmpty();
    assertThat(text).doesNotContain(secret).doesNotContain("secret").doesNotContain("hash");
    assertThat(server.post(PATH + "?prune=true", text).json().path("changes")).isEmpty();
    assertThat(server.post(PATH + "?prune=true", document.toString()).json().path("changes"))
        .isEmpty();
    // into an empty registry, all of it comes back; ids of agents are never given twice
    JsonNode first = export();
    server.post(PATH + "?prune=true", EMPTY);
    server.execute(
        "delete from application_id i where not exists"
            + " (select from application a where a.id = i.id)");
    assertThat(server.post(PATH, text).status()).isEqualTo(200);
    assertThat(export()).isEqualTo(first);
  }

  /** Agents with settings of every kind, each with some grants. */
  private static ObjectNode generated(Random random, int agents, int services) throws Exception {
    ObjectNode document = JSON.createObjectNode();
    ArrayNode list = document.putArray("agents");
    for (int i = 0; i < agents; i++) {
      ObjectNode agent =
          list.addObject().put("client_id", "g" + round + "-" + i).put("name", "A " + i);
      if (random.nextInt(4) == 0) {
        agent.put("audience", "urn:g" + round + ":" + i);
      }
      if (random.nextInt(9) == 0) {
        agent.put("status", "disabled").put("tokens_per_minute", 1 + random.nextInt(9));
      }
      if (random.nextInt(9) == 0) {
        agent.put("assertion_audience", "issuer_or_token_endpoint").put("signing_alg", "EdDSA");
      }
      if (random.nextInt(20) == 0) {
        agent.putObject("permission").put("scope", "call." + i);
        ObjectNode key = agent.putArray("keys").addObject();
        key.set(
            "jwk",
            JSON.readTree(new ECKeyGenerator(Curve.P_256).generate().toPublicJWK().toString()));
      }
      ArrayNode grants = agent.putArray("grants");
      int from = random.nextInt(services);
      for (int j = 0; j < random.nextInt(5); j++) {
        ObjectNode grant = grants.addObject().put("audience", "https://s" + (from + j) % services);
        grant.putArray("scopes").add("b").add("a");
        if (random.nextInt(5) == 0) {
          grant.put("expires_at", "2040-01-01T00:00:00.123456Z");
        }
      }
    }
    ArrayNode resources = document.putArray("services");
    for (int i = 0; i < services; i++) {
      ObjectNode service = resources.addObject().put("audience", "https://s" + i).put("name", "S");
      service.putArray("scopes").addObject().put("value", "a");
      service.withArray("scopes").addObject().put("value", "b").put("name", "B");
      if (random.nextBoolean()) {
        service.put("access_token_ttl", 60 + random.nextInt(600));
      }
    }
    return document;
  }
}
