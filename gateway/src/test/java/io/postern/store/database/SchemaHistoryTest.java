package io.postern.store.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postern.testing.TestPostgres;
import io.postern.testing.TestRegistry;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SchemaHistoryTest {
  private final String url = TestPostgres.newDatabase();
  private final Database database = Database.parse(url);
  private Vertx vertx;
  private Pool pool;

  @BeforeEach
  void connect() {
    vertx = Vertx.vertx();
    pool = database.pool(vertx);
  }

  @AfterEach
  void close() {
    vertx.close().await();
  }

  /** A new migration belongs into {@link SchemaHistory#KNOWN} too; one that was released stays. */
  @Test
  void known_isWhatFlywayHasRecorded() throws SQLException {
    new Schema(database).migrate();
    Map<String, Integer> recorded = new TreeMap<>();
    try (Connection connection = TestRegistry.connect(url);
        Statement statement = connection.createStatement();
        ResultSet rows =
            statement.executeQuery("select version, checksum from flyway_schema_history")) {
      while (rows.next()) {
        recorded.put(rows.getString(1), rows.getInt(2));
      }
    }
    assertThat(SchemaHistory.KNOWN).isEqualTo(recorded);
    assertSame(Schema.State.CURRENT);
    SchemaHistory.requireCurrent(pool, database);
  }

  @Test
  void empty_isOlder() {
    assertSame(Schema.State.OLDER);
    assertThatThrownBy(() -> SchemaHistory.requireCurrent(pool, database))
        .isInstanceOf(UnfitDatabaseException.class)
        .hasMessageContaining("run postern migrate");
  }

  @ParameterizedTest
  @CsvSource({
    "update flyway_schema_history set version = '999', NEWER",
    "update flyway_schema_history set success = false, DAMAGED",
    "update flyway_schema_history set checksum = checksum + 1, DAMAGED",
    "delete from flyway_schema_history, OLDER"
  })
  void changed_isFoundAsFlywayFindsIt(String statement, Schema.State state) throws SQLException {
    new Schema(database).migrate();
    try (Connection connection = TestRegistry.connect(url);
        Statement changing = connection.createStatement()) {
      changing.execute(statement);
    }
    assertSame(state);
  }

  private void assertSame(Schema.State state) {
    assertThat(SchemaHistory.state(pool)).isEqualTo(state);
    assertThat(new Schema(database).state()).isEqualTo(state);
  }
}
