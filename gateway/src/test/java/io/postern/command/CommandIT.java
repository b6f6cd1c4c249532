package io.postern.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.testing.PosternProcess;
import io.postern.testing.TestGateway;
import io.postern.testing.TestPostgres;
import io.postern.testing.TestRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands of the distribution, as an operator meets them. */
class CommandIT {
  private static final String SOME_URL = "postgresql://user:the-password@127.0.0.1:1/postern";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "--version",
        "dev --help",
        "serve --help",
        "migrate --help",
        "rewrap-keys --help",
        "health --help",
        "agent --help",
        "agent list --help",
        "completion --help"
      })
  void help_isPrinted_withStatus0(String arguments) {
    try (PosternProcess postern = PosternProcess.start(Map.of(), arguments.split(" "))) {
      assertThat(postern.awaitExit()).isZero();
      String first = arguments.equals("--version") ? "postern " : "Usage: postern ";
      assertThat(postern.out().lines().filter(line -> line.startsWith(first))).hasSize(1);
      assertThat(postern.err()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "POSTERN_HTP_PORT, 1",
    "POSTERN_HTTP_PORT, eighty",
    "POSTERN_HTTP_PORT, 70000",
    "POSTERN_MANAGEMENT_PORT, 8080",
    "POSTERN_ISSUER, not a url",
    "POSTERN_ISSUER, https://example.com?q",
    "POSTERN_ISSUER, https://example.com/a/../b",
    "POSTERN_CORS_ORIGINS, *",
    "POSTERN_CORS_ORIGINS, https://app.example.com/",
    "POSTERN_MASTER_KEY, dG9vIHNob3J0",
    "POSTERN_DATABASE_URL, mysql://user:the-password@host/db",
    "POSTERN_DATABASE_URL, postgresql://user:the-password@host/db?sslmod=require",
    "POSTERN_DATABASE_SCHEMA, pg_catalog",
    "POSTERN_MAX_STALENESS, five minutes",
    "POSTERN_FEED_RETENTION, PT59S",
    "POSTERN_AUDIT_RETENTION, PT23H",
    "POSTERN_LICENSE_LIMIT, 0",
    "POSTERN_SIGNING_KEY_LIFETIME, PT59M",
    "POSTERN_SIGNING_KEY_LIFETIME, -P1D",
    "POSTERN_JWKS_MAX_AGE, PT0S",
    "POSTERN_JWKS_MAX_AGE, P2D",
    "POSTERN_EVENT_LOOPS, 0",
    "POSTERN_REPLAY_STORE, file",
    "POSTERN_REPLAY_CAPACITY, 0",
    "POSTERN_REDIS_URL, http://user:the-password@host",
    "POSTERN_TRUSTED_PROXIES, 10.0.0.0/99",
    "POSTERN_CRYPTO_PROVIDER, openssl",
    "POSTERN_LOG_FORMAT, xml",
    "POSTERN_LOG_LEVEL, loud",
    "POSTERN_ACCESS_LOG, maybe",
    "POSTERN_OTLP_ENDPOINT, collector:4318",
    "POSTERN_TRACE_SAMPLING, 1.5",
    "POSTERN_TLS_CERT_FILE, /no/such/file",
    "POSTERN_MANAGEMENT_TLS_CLIENT_CA_FILE, /no/such/file",
    "POSTERN_BOOTSTRAP_ADMIN_SECRET_FILE, /no/such/file"
  })
  void badSetting_endsTheStart_withStatus2AndOneLine(String variable, String value) {
    Map<String, String> environment = new HashMap<>();
    environment.put("POSTERN_DATABASE_URL", SOME_URL);
    environment.put("POSTERN_MASTER_KEY", TestGateway.MASTER_KEY);
    environment.put(variable, value);
    try (PosternProcess postern = PosternProcess.start(environment, "serve")) {
      assertThat(postern.awaitExit()).isEqualTo(2);
      assertThat(postern.err().lines()).hasSize(1).first().asString().contains(variable);
      assertThat(postern.err())
          .doesNotContain("the-password")
          .doesNotContain("dG9vIHNob3J0")
          .doesNotContain(TestGateway.MASTER_KEY);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"POSTERN_DATABASE_URL", "POSTERN_MASTER_KEY"})
  void requiredSetting_isNamed(String missing) {
    Map<String, String> environment = new HashMap<>();
    environment.put("POSTERN_DATABASE_URL", SOME_URL);
    environment.put("POSTERN_MASTER_KEY", TestGateway.MASTER_KEY);
    environment.remove(missing);
    try (PosternProcess postern = PosternProcess.start(environment, "serve")) {
      assertThat(postern.awaitExit()).isEqualTo(2);
      assertThat(postern.err()).contains(missing);
    }
  }

  @Test
  void bootstrapSecret_thatClientsMustEncode_isWarnedOf() {
    Map<String, String> environment = new HashMap<>(serving(SOME_URL));
    environment.put("POSTERN_BOOTSTRAP_ADMIN_SECRET", "short+secret");
    try (PosternProcess postern = PosternProcess.start(environment, "serve")) {
      assertThat(postern.awaitExit()).isEqualTo(1);
      assertThat(postern.err())
          .contains("POSTERN_BOOTSTRAP_ADMIN_SECRET is short")
          .doesNotContain("short+secret");
    }
  }

  @Test
  void unknownVariable_ofAnotherCommand_isNone() {
    // an operator's shell has what the gateway needs
    Map<String, String> environment = serving(SOME_URL);
    try (PosternProcess postern = PosternProcess.start(environment, "agent", "list")) {
      postern.awaitExit();
      assertThat(postern.err()).doesNotContain("no such setting");
    }
  }

  @Test
  void unknownCommand_isNamed_withWhatIsLikeIt() {
    try (PosternProcess postern = PosternProcess.start(Map.of(), "agnt")) {
      assertThat(postern.awaitExit()).isEqualTo(2);
      assertThat(postern.err()).contains("agnt");
    }
  }

  @Test
  void arguments_mayComeFromAFile(@TempDir Path directory) throws Exception {
    Path file = Files.writeString(directory.resolve("arguments"), "agent list --help");
    try (PosternProcess postern = PosternProcess.start(Map.of(), "@" + file)) {
      assertThat(postern.awaitExit()).as(postern.err()).isZero();
      assertThat(postern.out()).contains("Lists the agents.");
    }
  }

  @Test
  void unknownFlag_isNamed() {
    try (PosternProcess postern = PosternProcess.start(Map.of(), "serve", "--htp-port", "1")) {
      assertThat(postern.awaitExit()).isEqualTo(2);
      assertThat(postern.err().lines()).hasSize(1).first().asString().contains("--htp-port");
    }
  }

  @Test
  void kubernetesServiceLinks_areNoSettings() {
    // Services that are named postern, postern-management and postern-http; for the last two, what
    // Kubernetes calls the port has the name of a setting
    Map<String, String> environment = new HashMap<>();
    for (String service : List.of("POSTERN", "POSTERN_MANAGEMENT", "POSTERN_HTTP")) {
      environment.put(service + "_SERVICE_HOST", "10.0.0.1");
      environment.put(service + "_SERVICE_PORT", "9000");
      environment.put(service + "_SERVICE_PORT_HTTP", "9000");
      environment.put(service + "_PORT", "tcp://10.0.0.1:9000");
      environment.put(service + "_PORT_9000_TCP", "tcp://10.0.0.1:9000");
      environment.put(service + "_PORT_9000_TCP_PROTO", "tcp");
      environment.put(service + "_PORT_9000_TCP_PORT", "9000");
      environment.put(service + "_PORT_9000_TCP_ADDR", "10.0.0.1");
    }
    environment.put("POSTERN_MASTER_KEY", TestGateway.MASTER_KEY);
    try (PosternProcess postern = PosternProcess.start(environment, "serve")) {
      assertThat(postern.awaitExit()).isEqualTo(2);
      assertThat(postern.err().lines()).singleElement().asString().contains("POSTERN_DATABASE_URL");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "POSTERN_HTP_PORT, 9000",
    "POSTERN_SERVICE_HOST, gateway.example.com:443/path",
    "POSTERN_HTTP_PORT, tcp://10.0.0.1:80"
  })
  void likeAServiceLink_butNone_isRefused(String variable, String value) {
    Map<String, String> environment =
        Map.of(
            variable,
            value,
            "POSTERN_DATABASE_URL",
            SOME_URL,
            "POSTERN_MASTER_KEY",
            TestGateway.MASTER_KEY);
    try (PosternProcess postern = PosternProcess.start(environment, "serve")) {
      assertThat(postern.awaitExit()).isEqualTo(2);
      assertThat(postern.err().lines()).singleElement().asString().contains(variable);
    }
  }

  @Test
  void unreachableDatabase_isSaidInOneLine_withoutItsPassword() {
    try (PosternProcess postern =
        PosternProcess.start(Map.of("POSTERN_DATABASE_URL", SOME_URL), "migrate")) {
      assertThat(postern.awaitExit()).isEqualTo(1);
      assertThat(postern.err().lines()).hasSize(1);
      assertThat(postern.err()).contains("127.0.0.1:1").doesNotContain("the-password");
    }
  }

  @Test
  void schema_older_serveRefusesAndSaysMigrate() {
    Map<String, String> environment = serving(TestPostgres.newDatabase());
    try (PosternProcess serve = PosternProcess.start(environment, "serve")) {
      assertThat(serve.awaitExit()).isEqualTo(1);
      assertThat(serve.err()).contains("older").contains("postern migrate");
    }
  }

  @Test
  void schema_named_isMigratedAndServed() throws Exception {
    Map<String, String> environment = new HashMap<>(serving(TestPostgres.newDatabase()));
    environment.put("POSTERN_DATABASE_SCHEMA", "Token gateway");
    try (PosternProcess migrate = PosternProcess.start(environment, "migrate")) {
      assertThat(migrate.awaitExit()).as(migrate.err()).isZero();
    }
    runUntilReady(environment);
  }

  @Test
  void schema_newer_serveAndMigrateRefuse() throws Exception {
    String url = TestPostgres.newDatabase();
    migrate(url);
    try (Connection connection = TestRegistry.connect(url);
        Statement statement = connection.createStatement()) {
      statement.execute(
          """
          insert into flyway_schema_history
          select installed_rank + 100, '999', 'from the future', type, 'V999__x.sql', checksum,
                 installed_by, installed_on, execution_time, true
            from flyway_schema_history order by installed_rank desc limit 1\
          """);
    }
    for (String command : new String[] {"serve", "migrate"}) {
      try (PosternProcess postern = PosternProcess.start(serving(url), command)) {
        assertThat(postern.awaitExit()).isEqualTo(1);
        assertThat(postern.err()).contains("newer");
      }
    }
  }

  @Test
  void masterKey_wrong_endsTheStartAndChangesNothing(@TempDir Path directory) throws Exception {
    String url = TestPostgres.newDatabase();
    migrate(url);
    Map<String, String> right = serving(url);
    runUntilReady(right);
    String before = dataKeys(url);

    Map<String, String> wrong = new HashMap<>(right);
    wrong.remove("POSTERN_MASTER_KEY");
    Path file =
        Files.writeString(
            directory.resolve("key"), "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=\n");
    wrong.put("POSTERN_MASTER_KEY_FILE", file.toString());
    try (PosternProcess postern = PosternProcess.start(wrong, "serve")) {
      assertThat(postern.awaitExit()).isEqualTo(2);
      assertThat(postern.err()).contains("POSTERN_MASTER_KEY");
    }
    assertThat(dataKeys(url)).isEqualTo(before);

    // a new key in front, the old one behind it: all unwrap
    wrong.remove("POSTERN_MASTER_KEY_FILE");
    wrong.put(
        "POSTERN_MASTER_KEY",
        "ICEiIyQlJicoKSorLC0uLzAxMjM0NTY3ODk6Ozw9Pj8=," + TestGateway.MASTER_KEY);
    runUntilReady(wrong);
  }

  private static void runUntilReady(Map<String, String> environment) throws Exception {
    try (PosternProcess postern = PosternProcess.start(environment, "serve")) {
      postern.awaitReady(environment.get("POSTERN_MANAGEMENT_PORT"));
      postern.terminate();
      assertThat(postern.awaitExit()).isZero();
    }
  }

  private static void migrate(String url) {
    try (PosternProcess postern =
        PosternProcess.start(Map.of("POSTERN_DATABASE_URL", url), "migrate")) {
      assertThat(postern.awaitExit()).as(postern.err()).isZero();
    }
  }

  private static Map<String, String> serving(String url) {
    return Map.of(
        "POSTERN_DATABASE_URL",
        url,
        "POSTERN_MASTER_KEY",
        TestGateway.MASTER_KEY,
        "POSTERN_HTTP_PORT",
        "" + TestGateway.freePort(),
        "POSTERN_MANAGEMENT_PORT",
        "" + TestGateway.freePort(),
        "POSTERN_DRAIN_DELAY",
        "PT0S");
  }

  private static String dataKeys(String url) throws Exception {
    String query = "select string_agg(data_key_id || wrapped::text, ',') from data_key";
    try (Connection connection = TestRegistry.connect(url);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(query)) {
      rows.next();
      return rows.getString(1);
    }
  }
}
