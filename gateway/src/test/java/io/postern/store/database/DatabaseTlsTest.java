package io.postern.store.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postern.testing.TestAuthority;
import io.postern.testing.TestPostgres;
import io.postern.testing.TestRegistry;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Row;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Instant;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Connections to a PostgreSQL that speaks TLS, with the client of the gateway and with JDBC. */
class DatabaseTlsTest {
  @TempDir static Path directory;

  private static final TestAuthority AUTHORITY = TestAuthority.create();
  private static final Vertx VERTX = Vertx.vertx();
  private static String url;
  private static Path root;
  private static Path otherRoot;

  // The server's certificate is for 127.0.0.1 but not for localhost.
  @BeforeAll
  static void speakTls() throws Exception {
    url = TestPostgres.newDatabase();
    root = AUTHORITY.writeRoot(directory.resolve("root.crt"));
    otherRoot = TestAuthority.create().writeRoot(directory.resolve("other.crt"));
    AUTHORITY.issue("EC").write(certificate(), key());
    Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
    try (Connection connection = TestRegistry.connect(url);
        Statement statement = connection.createStatement()) {
      statement.execute("alter system set ssl_cert_file = '" + certificate() + "'");
      statement.execute("alter system set ssl_key_file = '" + key() + "'");
      // asks clients for a certificate, and takes those without one
      statement.execute("alter system set ssl_ca_file = '" + root + "'");
      statement.execute("alter system set ssl = on");
      statement.execute("select pg_reload_conf()");
    }
    eventually(() -> isEncrypted(Database.parse(url + "?sslmode=prefer")));
  }

  private static Path certificate() {
    return directory.resolve("server.crt");
  }

  private static Path key() {
    return directory.resolve("server.key");
  }

  @AfterAll
  static void stop() throws Exception {
    try (Connection connection = TestRegistry.connect(url);
        Statement statement = connection.createStatement()) {
      statement.execute("alter system reset ssl");
      statement.execute("alter system reset ssl_ca_file");
      statement.execute("select pg_reload_conf()");
    }
    VERTX.close().await();
  }

  @ParameterizedTest
  @ValueSource(strings = {"require", "verify-ca&sslrootcert=%s", "verify-full&sslrootcert=%s"})
  void mode_withTheRightRoot_isEncrypted(String mode) {
    Database database = Database.parse(url + "?sslmode=" + mode.formatted(root));
    assertThat(isEncrypted(database)).isTrue();
    assertThat(new Schema(database).state()).isNotNull();
  }

  @Test
  void disable_isNotEncrypted() {
    assertThat(isEncrypted(Database.parse(url + "?sslmode=disable"))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "verify-ca",
        "verify-full",
        "verify-full&sslrootcert=system",
        // who names a root wants it to be looked at, as with libpq
        "require&sslrootcert=%s",
        "verify-ca&sslrootcert=%s",
        "verify-full&sslrootcert=%s"
      })
  void verify_withAnotherRoot_isRefused_andSaysWho(String mode) {
    assertRefused(url + "?sslmode=" + mode.formatted(otherRoot), "vouches for", "CN=a test");
  }

  @Test
  void verifyFull_forAnotherName_isRefused_andSaysWhich_andVerifyCaIsNot() {
    String other = url.replace("127.0.0.1", "localhost");
    assertRefused(
        other + "?sslmode=verify-full&sslrootcert=" + root, "is for 127.0.0.1, not for localhost");
    Database ca = Database.parse(other + "?sslmode=verify-ca&sslrootcert=" + root);
    assertThat(isEncrypted(ca)).isTrue();
  }

  @Test
  void expiredCertificate_isRefused_andSaysSince() throws Exception {
    String full = url + "?sslmode=verify-full&sslrootcert=" + root;
    AUTHORITY.issue("EC", Instant.now().minusSeconds(60)).write(certificate(), key());
    reload();
    eventually(() -> !canConnect(full));
    assertRefused(full, "CN=a test", "has expired at");
    AUTHORITY.issue("EC").write(certificate(), key());
    reload();
    eventually(() -> canConnect(full));
  }

  @Test
  void certificateWithACommonNameAlone_isForThat() throws Exception {
    String full =
        url.replace("127.0.0.1", "localhost") + "?sslmode=verify-full&sslrootcert=" + root;
    AUTHORITY.issueFor("db.example.com").write(certificate(), key());
    reload();
    eventually(() -> !canConnect(url + "?sslmode=verify-full&sslrootcert=" + root));
    assertRefused(full, "is for db.example.com, not for localhost");
    AUTHORITY.issueFor("localhost").write(certificate(), key());
    reload();
    eventually(() -> canConnect(full));
    AUTHORITY.issue("EC").write(certificate(), key());
    reload();
    eventually(() -> canConnect(url + "?sslmode=verify-full&sslrootcert=" + root));
  }

  private static void assertRefused(String url, String... said) {
    Database database = Database.parse(url);
    assertThatThrownBy(() -> isEncrypted(database))
        .isInstanceOf(DatabaseConnectException.class)
        .message()
        .contains(said);
    assertThatThrownBy(() -> new Schema(database).migrate())
        .isInstanceOf(Schema.SchemaException.class)
        .message()
        .contains(said);
  }

  private static boolean canConnect(String url) {
    try {
      return isEncrypted(Database.parse(url));
    } catch (Exception e) {
      // thrown as it comes
      return false;
    }
  }

  private static void reload() throws Exception {
    try (Connection connection = TestRegistry.connect(url);
        Statement statement = connection.createStatement()) {
      statement.execute("select pg_reload_conf()");
    }
  }

  private static void eventually(BooleanSupplier condition) {
    Instant deadline = Instant.now().plusSeconds(20);
    while (!condition.getAsBoolean()) {
      assertThat(Instant.now()).isBefore(deadline);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"require", "verify-full"})
  void clientCertificate_isShown_byBothClients(String mode) throws Exception {
    TestAuthority.Issued issued = AUTHORITY.issue("RSA");
    Path certificate = directory.resolve("client.crt");
    Path key = directory.resolve("client.key");
    issued.write(certificate, key);
    Database database =
        Database.parse(
            url
                + "?sslmode=%s&sslrootcert=%s&sslcert=%s&sslkey=%s"
                    .formatted(mode, root, certificate, key));
    String name = "/" + issued.certificate().getSubjectX500Principal().getName();
    assertThat(askNatively(database, "client_dn")).isEqualTo(name);
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet result =
            statement.executeQuery(
                "select client_dn from pg_stat_ssl where pid = pg_backend_pid()")) {
      assertThat(result.next()).isTrue();
      assertThat(result.getString(1)).isEqualTo(name);
    }
    String shown = url + "?sslmode=" + mode + "&sslrootcert=" + root;
    assertThat(askNatively(Database.parse(shown), "client_dn")).isNull();
  }

  @ParameterizedTest
  @ValueSource(strings = {"postgresql://h", "postgresql://u:p@h", "mysql://u:p@h/d", "nonsense"})
  void url_notWhole_isRefusedWithoutBeingQuoted(String malformed) {
    assertThatThrownBy(() -> Database.parse(malformed))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("it must look like");
  }

  @Test
  void clientCertificate_withoutItsKey_isRefused() {
    assertThatThrownBy(() -> Database.parse(url + "?sslmode=require&sslcert=" + root))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("sslcert and sslkey go together");
  }

  private static boolean isEncrypted(Database database) {
    return "true".equals(askNatively(database, "ssl"));
  }

  private static @Nullable String askNatively(Database database, String column) {
    var connection = database.connect(VERTX, "test").await();
    try {
      Row row =
          connection
              .query("select %s from pg_stat_ssl where pid = pg_backend_pid()".formatted(column))
              .execute()
              .await()
              .iterator()
              .next();
      Object value = row.getValue(0);
      return value == null ? null : value.toString();
    } finally {
      connection.close().await();
    }
  }
}
