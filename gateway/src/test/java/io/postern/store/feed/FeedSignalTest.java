package io.postern.store.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.store.database.Database;
import io.postern.store.database.Schema;
import io.postern.testing.TestPostgres;
import io.postern.testing.TestRegistry;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Row;
import java.net.URI;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two Posterns in two schemas of one database. */
class FeedSignalTest {
  private final String url = TestPostgres.newDatabase();
  private final Database one = Database.parse(url).withSchema("one");
  private final Database two = Database.parse(url).withSchema("two");
  private final Vertx vertx = Vertx.vertx();

  @BeforeEach
  void migrate() {
    new Schema(one).migrate();
    new Schema(two).migrate();
  }

  @AfterEach
  void stop() {
    vertx.close().await();
  }

  @Test
  void commit_wakesItsOwnSchemaAlone() throws Exception {
    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    PgConnection first = one.connect(vertx, "test").await();
    PgConnection second = two.connect(vertx, "test").await();
    FeedSignal.listen(first, () -> heard.add("one"));
    FeedSignal.listen(second, () -> heard.add("two"));
    commit("two");
    commit("one");
    // in the order of the commits, to each listener
    assertThat(heard.poll(10, TimeUnit.SECONDS)).isNotNull();
    assertThat(heard.poll(10, TimeUnit.SECONDS)).isNotNull();
    first.query("select 1").execute().await();
    second.query("select 1").execute().await();
    assertThat(heard).isEmpty();
  }

  @Test
  void locks_ofTwoSchemas_areTwo_andThatOfPublicIsWhatItWas() throws Exception {
    new Schema(Database.parse(url).withSchema("public")).migrate();
    assertThat(lockNumber("one")).isNotEqualTo(lockNumber("two")).isNotEqualTo(17);
    assertThat(lockNumber("public")).isEqualTo(17);
  }

  /** By default, the first of the search path is the schema that is called as the role, if any. */
  @Test
  void role_withASchemaOfItsName_hearsAndLocksWhereTheTablesAre() throws Exception {
    new Schema(Database.parse(url).withSchema("public")).migrate();
    URI uri = URI.create(url);
    String role = "role_" + uri.getPath().substring(1);
    try (Connection connection = TestRegistry.connect(url);
        Statement statement = connection.createStatement()) {
      statement.execute("create role %s login password 'x'".formatted(role));
      statement.execute("create schema authorization " + role);
      statement.execute("grant select on all tables in schema public to " + role);
    }
    BlockingQueue<String> heard = new LinkedBlockingQueue<>();
    PgConnection other =
        Database.parse(url.replace(uri.getRawUserInfo(), role + ":x"))
            .connect(vertx, "test")
            .await();
    String path = "select current_schema()::text, lock_number(17)";
    Row row = other.query(path).execute().await().iterator().next();
    assertThat(row.getString(0)).isEqualTo(role);
    assertThat(row.getLong(1)).isEqualTo(17);

    FeedSignal.listen(other, () -> heard.add("public"));
    commit("public");
    assertThat(heard.poll(10, TimeUnit.SECONDS)).isNotNull();
  }

  private long lockNumber(String schema) throws Exception {
    try (Connection connection = TestRegistry.connect(url);
        Statement statement = connection.createStatement()) {
      statement.execute("set search_path = " + schema);
      try (ResultSet row = statement.executeQuery("select lock_number(17)")) {
        row.next();
        return row.getLong(1);
      }
    }
  }

  private void commit(String schema) throws Exception {
    try (Connection connection = TestRegistry.connect(url);
        Statement statement = connection.createStatement()) {
      statement.execute("set search_path = " + schema);
      statement.execute(
          "insert into application (id, kind, name, audience) values ('some', 'service', 'S',"
              + " 'a')");
    }
  }
}
