package io.postern.vault;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import io.postern.GatewaySettings;
import io.postern.decision.DecisionSettings;
import io.postern.store.FirstStart;
import io.postern.testing.Administrator;
import io.postern.testing.Administrator.Answer;
import io.postern.testing.ChangedSettings;
import io.postern.testing.DecisionLines;
import io.postern.testing.OtlpReceiver;
import io.postern.testing.RelayFixture;
import io.postern.testing.TestGateway;
import io.postern.testing.TestRegistry;
import io.postern.testing.TestTarget;
import io.postern.testing.Vault;
import io.postern.tracing.TracingSettings;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/** Where the values of hosted credentials must not turn up, after all that is done with them. */
class CredentialSecrecyTest {
  private static final String FIRST = "sk-first-4f1c9a7e0b2d";
  private static final String SECOND = "sk-second-77aa10c3d9fe";
  private static final String REFUSED = "sk-refused-0d15ea5e\\n";
  private static final String CLIENT_SECRET = "client-secret-5ca1ab1e";
  private static final String NEW_CLIENT_SECRET = "client-secret-b01dface";
  private static final List<String> VALUES =
      List.of(FIRST, SECOND, "sk-refused-0d15ea5e", CLIENT_SECRET, NEW_CLIENT_SECRET);
  private static final List<String> TRACED = List.of("io.postern", "io.vertx");

  private static final ListAppender<ILoggingEvent> LOG = new ListAppender<>();
  private static final List<String> ANSWERS = new ArrayList<>();
  @TempDir private static Path directory;

  private static Path decisionLog = Path.of("");
  private static OtlpReceiver receiver;
  private static TestTarget target;
  private static TestGateway gateway;
  private static TestRegistry registry;
  private static Administrator admin;
  private static String obtained = "";
  private static String relayed = "";

  @BeforeAll
  static void start() {
    LOG.start();
    for (String name : TRACED) {
      logger(name).setLevel(Level.TRACE);
      // captured only: the console would be flooded
      logger(name).setAdditive(false);
      logger(name).addAppender(LOG);
    }
    decisionLog = directory.resolve("decisions.jsonl");
    receiver = new OtlpReceiver();
    target = TestTarget.of(TestTarget::echo);
    UnaryOperator<GatewaySettings> decisions =
        ChangedSettings.decisions(
            new DecisionSettings(
                true, new DecisionSettings.Destination.File(decisionLog), 1_000, 100));
    UnaryOperator<GatewaySettings> tracing =
        ChangedSettings.tracing(
            new TracingSettings(
                TracingSettings.endpoint(receiver.endpoint().toString()), /* sampling= */ 1));
    UnaryOperator<GatewaySettings> relay =
        ChangedSettings.relay(RelayFixture.settings(Duration.ofSeconds(10)));
    gateway = TestGateway.start(settings -> relay.apply(tracing.apply(decisions.apply(settings))));
    registry = gateway.registry();
    admin = Administrator.of(gateway);
    administer();
  }

  @AfterAll
  static void stop() {
    gateway.close();
    target.close();
    receiver.close();
    for (String name : TRACED) {
      logger(name).detachAppender(LOG);
      logger(name).setAdditive(true);
      logger(name).setLevel(null);
    }
  }

  private static Logger logger(String name) {
    return (Logger) LoggerFactory.getLogger(name);
  }

  /** All that an administrator and an agent do with values, right and wrong. */
  private static void administer() {
    String key =
        """
        {"name": "K", "identifier": "key", "business_type": "llm", "api_key": "%s",
         "target": {"base_url": "TARGET", "query_parameter": "key"}}
        """
            .replace("TARGET", target.url());
    String id = told(admin.post("/credentials", key.formatted(FIRST), "Idempotency-Key", "k-1"));
    told(admin.post("/credentials", key.formatted(FIRST), "Idempotency-Key", "k-1"));
    told(admin.post("/credentials", key.formatted(SECOND), "Idempotency-Key", "k-1"));
    told(admin.post("/credentials", key.formatted(SECOND)));
    told(admin.post("/credentials", key.formatted(REFUSED)));
    told(admin.post("/credentials", key.formatted(FIRST) + "x"));
    told(admin.post("/credentials", key.formatted(FIRST).replace("\"api_key\"", "\"apikey\"")));
    told(
        admin.send(
            "PUT",
            "/credentials/" + id + "/value",
            "{\"api_key\": \"%s\", \"keep_former_until\": \"2999-01-01T00:00:00Z\"}"
                .formatted(SECOND)));
    told(
        admin.send(
            "PUT",
            "/credentials/" + id + "/value",
            "{\"client_secret\": \"%s\"}".formatted(FIRST)));
    told(admin.send("PATCH", "/credentials/" + id, "{\"api_key\": \"%s\"}".formatted(FIRST)));
    String client =
        told(
            admin.post(
                "/credentials",
                """
                {"name": "C", "identifier": "client", "business_type": "external_service",
                 "oauth_client": {"token_endpoint": "https://idp.example.com/token",
                   "client_id": "c", "client_secret": "%s"}}
                """
                    .formatted(CLIENT_SECRET)));
    told(
        admin.send(
            "PUT",
            "/credentials/" + client + "/value",
            "{\"client_secret\": \"%s\"}".formatted(NEW_CLIENT_SECRET)));
    TestRegistry.Agent agent = registry.agent();
    told(
        admin.send(
            "PUT",
            "/agents/" + agent.clientId() + "/credentials/" + id,
            "{\"access\": [\"obtain\", \"relay\"]}"));
    obtained = ask(agent, "/vault/v1/credentials/key");
    // the value goes into the query, which logs and traces like to keep; and a call that fails
    relayed = ask(agent, "/relay/key/v1/echo?of=mine");
    ask(agent, "/relay/key/v1/../echo");
    for (String path :
        List.of(
            "/credentials",
            "/credentials/" + id,
            "/credentials/" + id + "/links",
            "/credentials/" + id + "/usage",
            "/agents/" + agent.clientId() + "/credentials",
            "/agents/" + agent.clientId() + "/topology",
            "/audit-events?limit=500",
            "/decisions?limit=500",
            "/topology")) {
      told(admin.get(path));
    }
    told(
        admin.post(
            "/explain",
            "{\"client_id\": \"%s\", \"credential\": \"key\"}".formatted(agent.clientId())));
    told(admin.send("DELETE", "/credentials/" + client, null));
    ANSWERS.add(gateway.get(gateway.managementUri("/metrics")).body());
  }

  private static String told(Answer answer) {
    ANSWERS.add(answer.headers() + " " + answer.json());
    return answer.text("credential_id");
  }

  private static String ask(TestRegistry.Agent agent, String path) {
    return gateway
        .send(
            HttpRequest.newBuilder(gateway.publicUri(path))
                .header("Authorization", "Bearer " + Vault.token(gateway, agent))
                .build())
        .body();
  }

  /** The values as text, and as they would look in bytes, encoded, or in JSON. */
  private static String[] traces() {
    List<String> traces = new ArrayList<>(VALUES);
    for (String value : VALUES) {
      byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
      traces.add(HexFormat.of().formatHex(bytes));
      traces.add(Base64.getEncoder().withoutPadding().encodeToString(bytes));
      traces.add(Base64.getUrlEncoder().withoutPadding().encodeToString(bytes));
    }
    return traces.toArray(String[]::new);
  }

  @Test
  void value_isHandedToTheAgent() {
    assertThat(obtained).contains(SECOND);
  }

  @Test
  void value_isSentToTheTarget() {
    assertThat(relayed).contains("of=mine&key=" + SECOND);
  }

  @Test
  void noTable_hasAValue() {
    List<String> tables =
        registry.query("select quote_ident(tablename) from pg_tables where schemaname = 'public'");
    assertThat(tables).contains("hosted_value", "audit_event", "idempotency_key");
    int rows = 0;
    for (String table : tables) {
      // every column, as PostgreSQL writes a row; bytes appear as hexadecimal digits
      for (String row : registry.query("select t::text from " + table + " t")) {
        assertThat(row).as(table).doesNotContainIgnoringCase(traces());
        rows++;
      }
    }
    assertThat(rows).isGreaterThan(20);
    assertThat(registry.query("select 1::text from hosted_value")).hasSize(2);
    assertThat(registry.query("select actor from audit_event where target_type = 'hosted_value'"))
        .hasSizeGreaterThan(3)
        .contains(FirstStart.ADMINISTRATOR);
  }

  @Test
  void noAnswer_hasAValue() {
    assertThat(ANSWERS).hasSizeGreaterThan(20).anyMatch(answer -> answer.contains("postern_"));
    assertThat(String.join("\n", ANSWERS)).doesNotContain(traces());
  }

  @Test
  void noLog_hasAValue() {
    List<String> lines = new ArrayList<>();
    // as what appends does
    synchronized (LOG) {
      LOG.list.forEach(event -> lines.add(event.getFormattedMessage()));
    }
    assertThat(lines).anyMatch(line -> line.contains("Ready: issuer"));
    assertThat(String.join("\n", lines)).doesNotContain(traces());
  }

  @Test
  void noTrace_hasAValue() {
    // which was asked last, and so comes after all others
    DecisionLines.eventually(() -> receiver.spans().toString().contains("/admin/v1/explain"));
    assertThat(receiver.spans().toString())
        .contains("/admin/v1/credentials")
        .doesNotContain(traces());
  }

  @Test
  void noDecision_hasAValue() throws Exception {
    // written after the answer
    DecisionLines.eventually(
        () ->
            new DecisionLines(decisionLog)
                .all().stream().anyMatch(line -> line.contains("obtained")));
    assertThat(Files.readString(decisionLog)).doesNotContain(traces());
    assertThat(admin.get("/decisions?limit=500").json().toString())
        .contains("obtained")
        .doesNotContain(traces());
  }
}
