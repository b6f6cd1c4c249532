package io.postern.store.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postern.testing.TestPostgres;
import io.postern.testing.TestRegistry;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Names of databases, users and schemas that mean something else in URLs, SQL or JDBC. */
class DatabaseNamesTest {
  private static final Vertx VERTX = Vertx.vertx();
  private static final URI SERVER = URI.create(TestPostgres.newDatabase());

  @AfterAll
  static void stop() {
    VERTX.close().await();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a?b",
        "a%b",
        "a%3Fb",
        "a b",
        "a/b",
        "a#b",
        "a+b",
        "a&sslmode=require",
        "a\"b",
        "a'b",
        "dätenbänk",
        "数据",
        "a,b",
        "a:1",
        "a\\b",
        "?",
        "..",
        "a;b"
      })
  void database_isExactlyThat_forBothClients(String name) throws Exception {
    execute("create database \"%s\"".formatted(name.replace("\"", "\"\"")));
    Database database = Database.parse(url(SERVER.getRawUserInfo(), encode(name)));
    new Schema(database).migrate();
    Pool pool = database.pool(VERTX);
    SchemaHistory.requireCurrent(pool, database);
    assertThat(ask(pool, "current_database()")).isEqualTo(name);
    assertThat(ask(Statements.await(database.connect(VERTX, "test")), "current_database()"))
        .isEqualTo(name);
    try (Connection connection = database.dataSource().getConnection()) {
      assertThat(connection.getCatalog()).isEqualTo(name);
    }
    pool.close().await();
    execute("drop database \"%s\" with (force)".formatted(name.replace("\"", "\"\"")));
  }

  @Test
  void database_whoseNameIsCut_isNotTaken() throws Exception {
    execute("create database " + "x".repeat(63));
    Database database = Database.parse(url(SERVER.getRawUserInfo(), "x".repeat(64)));
    assertThatThrownBy(() -> database.connect(VERTX, "test").await())
        .isInstanceOf(DatabaseConnectException.class)
        .hasMessageContaining(
            "the database \"%s\", not \"%s\"".formatted("x".repeat(63), "x".repeat(64)));
    assertThatThrownBy(() -> new Schema(database).migrate())
        .isInstanceOf(Schema.SchemaException.class)
        .hasMessageContaining("63 bytes");
    execute("drop database %s with (force)".formatted("x".repeat(63)));
  }

  @ParameterizedTest
  @ValueSource(strings = {"!$&'()*+,;=:", "ä€ %25", "[]{}|^`\"<>"})
  void password_asItStands_orEncoded_isThat(String password) throws Exception {
    String secret = password.replace("%25", "%");
    execute("create role \"us@er\" login password '%s'".formatted(secret.replace("'", "''")));
    for (String written : new String[] {password, encode(secret)}) {
      Database database = Database.parse(url("us%40er:" + written, "postgres"));
      assertThat(ask(Statements.await(database.connect(VERTX, "test")), "current_user"))
          .isEqualTo("us@er");
      try (Connection connection = database.dataSource().getConnection()) {
        DatabaseMetaData metaData = connection.getMetaData();
        assertThat(metaData.getUserName()).isEqualTo("us@er");
      }
    }
    execute("drop role \"us@er\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"postern", "Two Words", "a\"b", "schéma", "a,b", "select"})
  void schema_isMadeAndTaken(String name) throws Exception {
    Database database =
        Database.parse(url(SERVER.getRawUserInfo(), SERVER.getPath().substring(1)))
            .withSchema(name);
    assertThat(new Schema(database).migrate()).isPositive();
    assertThat(new Schema(database).migrate()).isZero();
    assertThat(new Schema(database).state()).isEqualTo(Schema.State.CURRENT);
    Pool pool = database.pool(VERTX);
    SchemaHistory.requireCurrent(pool, database);
    assertThat(ask(pool, "current_schema()")).isEqualTo(name);
    pool.close().await();
  }

  private static String ask(SqlClient client, String expression) {
    Row row = client.query("select " + expression).execute().await().iterator().next();
    return row.getString(0);
  }

  private static String url(String userInfo, String database) {
    return "postgresql://%s@%s:%d/%s"
        .formatted(userInfo, SERVER.getHost(), SERVER.getPort(), database);
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  private static void execute(String sql) throws SQLException {
    try (Connection connection = TestRegistry.connect(SERVER.toString());
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
