package io.postern.store.audit;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.store.database.Database;
import io.postern.store.database.Schema;
import io.postern.store.database.Transactions;
import io.postern.testing.TestPostgres;
import io.postern.testing.TestRegistry;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class RetentionTest {
  private final Vertx vertx = Vertx.vertx();
  private Connection connection;
  private Transactions transactions;

  @BeforeEach
  void open() throws SQLException {
    String url = TestPostgres.newDatabase();
    Database database = Database.parse(url);
    new Schema(database).migrate();
    connection = TestRegistry.connect(url);
    Pool pool = database.pool(vertx);
    transactions = new Transactions(pool);
    execute("delete from audit_event");
    execute(
        """
        insert into audit_event (occurred_at, actor, action, target_type, target, revision)
        select now() - age, 'a', 'insert', 'scope', age::text, 1
          from unnest('{1 day,2 days,3 days}'::interval[]) age\
        """);
    execute(
        """
        insert into idempotency_key (actor, key, request_hash, status, headers, revision, created_at)
        select 'a', age::text, repeat('0', 64), 200, '{}', 1, now() - age
          from unnest('{23 hours,25 hours}'::interval[]) age\
        """);
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
    vertx.close().await();
  }

  @Test
  void oldEvents_areForgotten_andYoungOnesStay() throws SQLException {
    assertThat(new Retention(transactions, Duration.ofHours(36)).run()).isEqualTo(2);
    assertThat(query("select target from audit_event")).containsExactly("1 day");
  }

  @Test
  void zero_isForEver() throws SQLException {
    assertThat(new Retention(transactions, Duration.ZERO).run()).isZero();
    assertThat(query("select target from audit_event")).hasSize(3);
  }

  @Test
  void keptAnswers_areSweptAfterADay() throws SQLException {
    new Retention(transactions, Duration.ZERO).run();
    assertThat(query("select key from idempotency_key")).containsExactly("23:00:00");
  }

  @Test
  void anotherGatewayAboutIt_isNotDisturbed() throws SQLException {
    connection.setAutoCommit(false);
    execute("select pg_advisory_xact_lock(" + Retention.LOCK + ")");
    assertThat(new Retention(transactions, Duration.ofHours(1)).run()).isZero();
    connection.rollback();
    connection.setAutoCommit(true);
    assertThat(new Retention(transactions, Duration.ofHours(1)).run()).isEqualTo(3);
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private List<String> query(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<String> values = new ArrayList<>();
      while (rows.next()) {
        values.add(rows.getString(1));
      }
      return values;
    }
  }
}
