package io.postern.store.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postern.testing.TestPostgres;
import io.postern.testing.TestRegistry;
import java.net.URI;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.assertj.core.api.AbstractThrowableAssert;
import org.junit.jupiter.api.Test;

/** What a migration says of a database that it cannot work with: one line, and what to do. */
class SchemaTest {
  private final String url = TestPostgres.newDatabase();
  private final URI uri = URI.create(url);

  @Test
  void withoutRights_saysPostgresqlsReason() throws SQLException {
    String role = "limited_" + uri.getPath().substring(1);
    execute("create role %s login password 'x'".formatted(role));
    execute("revoke create on schema public from public");
    assertRefused(url.replace(uri.getRawUserInfo(), role + ":x"))
        .hasMessageContaining("permission denied for schema public (42501)")
        .hasMessageContaining("as a role that owns the database");
    assertThatThrownBy(
            () ->
                new Schema(
                        Database.parse(url.replace(uri.getRawUserInfo(), role + ":x"))
                            .withSchema("other"))
                    .migrate())
        .hasMessageContaining("permission denied for database");
  }

  @Test
  void wrongPassword_saysWhichSetting() {
    assertRefused(url.replace(uri.getRawUserInfo(), "postern:wrong"))
        .hasMessageContaining("password authentication failed")
        .hasMessageContaining("POSTERN_DATABASE_URL")
        .hasMessageNotContaining("wrong");
  }

  @Test
  void noDatabase_saysHowToMakeIt() {
    assertRefused(url + "_not_there")
        .hasMessageContaining("does not exist (3D000)")
        .hasMessageContaining("create database");
  }

  @Test
  void readOnly_isRefused() throws SQLException {
    execute(
        "alter database %s set default_transaction_read_only = on"
            .formatted(uri.getPath().substring(1)));
    assertRefused(url).hasMessageContaining("read-only");
  }

  @Test
  void otherTables_areLeftAlone() throws SQLException {
    execute("create table somebody_elses (id integer)");
    assertRefused(url)
        .hasMessageContaining("tables that are not Postern's")
        .hasMessageContaining("POSTERN_DATABASE_SCHEMA");
    assertThat(new Schema(Database.parse(url).withSchema("postern")).migrate()).isPositive();
  }

  @Test
  void changedMigration_isNamed() throws SQLException {
    new Schema(Database.parse(url)).migrate();
    execute("update flyway_schema_history set checksum = checksum + 1 where version = '3'");
    assertRefused(url).hasMessageContaining("migration 3 ");
  }

  @Test
  void otherEncoding_isRefused() throws SQLException {
    String name = uri.getPath().substring(1) + "_latin";
    try (Connection connection = TestRegistry.connect(url);
        Statement statement = connection.createStatement()) {
      boolean hasProviders = connection.getMetaData().getDatabaseMajorVersion() >= 15;
      statement.execute(
          "create database %s template template0 encoding 'SQL_ASCII' lc_collate 'C' lc_ctype 'C'%s"
              .formatted(name, hasProviders ? " locale_provider libc" : ""));
    }
    assertRefused(url + "_latin")
        .hasMessageContaining("SQL_ASCII")
        .hasMessageContaining("encoding 'UTF8'");
  }

  @Test
  void nobodyThere_saysSo() {
    assertRefused("postgresql://u:the-password@127.0.0.1:1/d")
        .hasMessageContaining("127.0.0.1:1")
        .hasMessageContaining("Connection refused")
        .hasMessageNotContaining("the-password");
    assertRefused("postgresql://u:p@no-such-host.invalid/d").hasMessageContaining("no such host");
  }

  private static AbstractThrowableAssert<?, ?> assertRefused(String url) {
    return assertThatThrownBy(() -> new Schema(Database.parse(url)).migrate())
        .isInstanceOf(Schema.SchemaException.class)
        .hasMessageNotContaining("\n")
        .hasNoCause();
  }

  private void execute(String sql) throws SQLException {
    try (Connection connection = TestRegistry.connect(url);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
