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
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands of the distribution, as an operator meets them. */
class CommandIT {
  private static final String SOME_URL = "postgresql://user:the-password@127.0.0.1:1/postern";

  @ParameterizedTest
  @ValueSource(strings = {"--help", "--version", "serve --help", "agent list --help"})
  void help_isPrinted_withStatus0(String arguments) {
    try (PosternProcess postern = PosternProcess.start(Map.of(), arguments.split(" "))) {
      assertThat(postern.awaitExit()).isZero();
      String first = arguments.equals("--version") ? "postern " : "Usage: postern ";
      assertThat(postern.out().lines().filter(line -> line.startsWith(first))).hasSize(1);
      assertThat(postern.err()).isEmpty();
    }
  }

  // each setting: ServeSettingsTest
  @Test
  void badSetting_endsTheStart_withStatus2AndOneLine() {
    Map<String, String> environment = new HashMap<>(serving(SOME_URL));
    environment.put("POSTERN_HTTP_PORT", "eighty");
    try (PosternProcess postern = PosternProcess.start(environment, "serve")) {
      assertThat(postern.awaitExit()).isEqualTo(2);
      assertThat(postern.err().lines()).singleElement().asString().contains("POSTERN_HTTP_PORT");
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
