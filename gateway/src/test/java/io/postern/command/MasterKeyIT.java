package io.postern.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.testing.PosternProcess;
import io.postern.testing.TestGateway;
import io.postern.testing.TestPostgres;
import io.postern.testing.TestRegistry;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The change of the master key, as an operator makes it, and the wrong one. */
class MasterKeyIT {
  private static final String OLD = TestGateway.MASTER_KEY;
  private static final String NEW = "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=";
  private static final String OTHER = "QEFCQ0RFRkdISUpLTE1OT1BRUlNUVVZXWFlaW1xdXl8=";

  private final String url = TestPostgres.newDatabase();

  @BeforeEach
  void migrate() {
    try (PosternProcess postern =
        PosternProcess.start(Map.of("POSTERN_DATABASE_URL", url), "migrate")) {
      assertThat(postern.awaitExit()).as(postern.err()).isZero();
    }
  }

  @Test
  void change_fromTheOldKeyToTheNewOne_withoutDisturbingWhoRuns() throws Exception {
    Map<String, String> old = serving(OLD);
    String kid;
    try (PosternProcess running = PosternProcess.start(old, "serve")) {
      running.awaitReady(old.get("POSTERN_MANAGEMENT_PORT"));
      kid = kidOfAToken(old);

      assertThat(rewrap(NEW + "," + OLD)).startsWith("Wrapped 3 data key(s) ").contains("; 0 had");
      assertThat(rewrap(NEW + "," + OLD)).startsWith("Wrapped 0 data key(s) ").contains("; 3 had");

      assertThat(kidOfAToken(old)).isEqualTo(kid);
      running.terminate();
      assertThat(running.awaitExit()).isZero();
    }
    Map<String, String> changed = serving(NEW);
    try (PosternProcess running = PosternProcess.start(changed, "serve")) {
      running.awaitReady(changed.get("POSTERN_MANAGEMENT_PORT"));
      assertThat(kidOfAToken(changed)).isEqualTo(kid);
      running.terminate();
      assertThat(running.awaitExit()).isZero();
    }
    assertRefusedAndNothingChanged(OLD, "serve");
  }

  @Test
  void wrongKey_startsNothingAndRewrapsNothing() throws Exception {
    Map<String, String> right = serving(OLD);
    try (PosternProcess running = PosternProcess.start(right, "serve")) {
      running.awaitReady(right.get("POSTERN_MANAGEMENT_PORT"));
      running.terminate();
      assertThat(running.awaitExit()).isZero();
    }
    assertRefusedAndNothingChanged(OTHER, "serve");
    assertRefusedAndNothingChanged(OTHER, "rewrap-keys");
    assertRefusedAndNothingChanged(NEW + "," + OTHER, "rewrap-keys");
  }

  // Half done is not done: one key of two is under a master key that is not given.
  @Test
  void oneDataKeyUnderAnotherMasterKey_rewrapsNothing() throws Exception {
    Map<String, String> old = serving(OLD);
    try (PosternProcess running = PosternProcess.start(old, "serve")) {
      running.awaitReady(old.get("POSTERN_MANAGEMENT_PORT"));
    }
    run("update data_key set wrapped = wrapped || '\\x00' where purpose = 'signing_key'");

    assertRefusedAndNothingChanged(NEW + "," + OLD, "rewrap-keys");
  }

  private void assertRefusedAndNothingChanged(String masterKey, String command) throws Exception {
    Map<String, String> before = dump();
    try (PosternProcess postern = PosternProcess.start(serving(masterKey), command)) {
      assertThat(postern.awaitExit()).isEqualTo(2);
      assertThat(postern.err().lines().filter(line -> line.startsWith("postern: ")))
          .singleElement()
          .asString()
          .contains("POSTERN_MASTER_KEY");
      assertThat(postern.out() + postern.err()).doesNotContain(OLD, NEW, OTHER);
    }
    assertThat(dump()).isEqualTo(before);
  }

  private String rewrap(String masterKeys) {
    Map<String, String> environment =
        Map.of("POSTERN_DATABASE_URL", url, "POSTERN_MASTER_KEY", masterKeys);
    try (PosternProcess postern = PosternProcess.start(environment, "rewrap-keys")) {
      assertThat(postern.awaitExit()).as(postern.err()).isZero();
      assertThat(postern.err()).isEmpty();
      assertThat(postern.out()).hasLineCount(1);
      return postern.out();
    }
  }

  /** Gets a token with the administrator's secret, and answers which key signed it. */
  private static String kidOfAToken(Map<String, String> environment) throws Exception {
    String basic =
        Base64.getEncoder()
            .encodeToString(
                ("postern-admin:" + TestGateway.ADMIN_SECRET).getBytes(StandardCharsets.US_ASCII));
    HttpRequest request =
        HttpRequest.newBuilder(
                URI.create(
                    "http://127.0.0.1:%s/oauth2/token"
                        .formatted(environment.get("POSTERN_HTTP_PORT"))))
            .header("Authorization", "Basic " + basic)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(
                BodyPublishers.ofString(
                    "grant_type=client_credentials&audience=urn%3Apostern%3Aadmin"))
            .build();
    try (HttpClient http = HttpClient.newHttpClient()) {
      HttpResponse<String> answer = http.send(request, BodyHandlers.ofString());
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      String header = new JsonObject(answer.body()).getString("access_token").split("\\.", -1)[0];
      return new JsonObject(
              new String(Base64.getUrlDecoder().decode(header), StandardCharsets.UTF_8))
          .getString("kid");
    }
  }

  private Map<String, String> serving(String masterKey) {
    Map<String, String> environment = new HashMap<>();
    environment.put("POSTERN_DATABASE_URL", url);
    environment.put("POSTERN_MASTER_KEY", masterKey);
    environment.put("POSTERN_BOOTSTRAP_ADMIN_SECRET", TestGateway.ADMIN_SECRET);
    environment.put("POSTERN_HTTP_PORT", "" + TestGateway.freePort());
    environment.put("POSTERN_MANAGEMENT_PORT", "" + TestGateway.freePort());
    environment.put("POSTERN_DRAIN_DELAY", "PT0S");
    return environment;
  }

  /** Every row of every table, by table. */
  private Map<String, String> dump() throws Exception {
    Map<String, String> tables = new TreeMap<>();
    for (String table :
        query(
            "select table_name from information_schema.tables"
                + " where table_schema = 'public' and table_type = 'BASE TABLE'")) {
      tables.put(
          table,
          query(
                  "select coalesce(string_agg(t::text, E'\\n' order by t::text), '') from %s t"
                      .formatted(table))
              .getFirst());
    }
    assertThat(tables).containsKeys("data_key", "signing_key", "feed_head", "audit_event");
    return tables;
  }

  private void run(String sql) throws Exception {
    try (Connection connection = TestRegistry.connect(url);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private List<String> query(String sql) throws Exception {
    try (Connection connection = TestRegistry.connect(url);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<String> values = new ArrayList<>();
      while (rows.next()) {
        values.add(rows.getString(1));
      }
      return values;
    }
  }
}
