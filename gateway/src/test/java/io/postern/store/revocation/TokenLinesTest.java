package io.postern.store.revocation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postern.change.Revision;
import io.postern.store.database.Database;
import io.postern.store.database.Schema;
import io.postern.testing.TestPostgres;
import io.postern.testing.TestRegistry;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TokenLinesTest {
  private static final Instant EXPIRES = Instant.parse("2100-01-31T12:00:00Z");

  private final Vertx vertx = Vertx.vertx();
  private String url;
  private Pool pool;
  private TokenLines lines;

  @BeforeEach
  void open() {
    url = TestPostgres.newDatabase();
    Database database = Database.parse(url);
    new Schema(database).migrate();
    pool = database.pool(vertx);
    lines = new TokenLines(pool);
  }

  @AfterEach
  void close() {
    vertx.close().await();
  }

  private Future<Revision> end(String jti, Instant expiresAt) {
    return lines.end(jti, expiresAt, "clerk", "192.0.2.1");
  }

  private List<String> query(String sql) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (Connection connection = TestRegistry.connect(url);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      while (result.next()) {
        rows.add(result.getString(1));
      }
    }
    return rows;
  }

  @Test
  void end_drawsALine_andTellsItsRevision() throws Exception {
    Revision drawn = end("jti-1", EXPIRES).await();
    assertThat(query("select line || ' ' || not_before || ' ' || revision from not_before_line"))
        .containsExactly("token jti-1 infinity " + drawn.number());
    assertThat(query("select revision from feed_head")).containsExactly("" + drawn.number());
    assertThat(query("select id from change_feed where entity = 'not_before_line'"))
        .containsExactly("token jti-1");
    assertThat(query("select actor || ' ' || source from audit_event where target = 'token jti-1'"))
        .containsExactly("clerk 192.0.2.1");
  }

  @Test
  void end_again_keepsTheLaterEnd() throws Exception {
    end("jti-1", EXPIRES).await();
    end("jti-1", EXPIRES.minusSeconds(1_000)).await();
    assertThat(
            query(
                "select extract(epoch from ends_at)::bigint - "
                    + EXPIRES.getEpochSecond()
                    + " from not_before_line"))
        .containsExactly("120");
  }

  @Test
  void manyAtOnce_areAllDrawn_andTooMany_failAtOnce() throws Exception {
    List<Future<Revision>> asked =
        IntStream.range(0, 700).mapToObj(i -> end("jti-" + i, EXPIRES)).toList();
    assertThat(asked.getLast().isComplete()).isTrue();
    int drawn = 0;
    for (Future<Revision> each : asked) {
      try {
        each.await();
        drawn++;
      } catch (RejectedExecutionException e) {
        // asked again later
      }
    }
    assertThat(drawn).isBetween(504, 699);
    assertThat(query("select count(*) from not_before_line")).containsExactly("" + drawn);
    end("later", EXPIRES).await();
  }

  @Test
  void whatTheSchemaRefuses_fails_andTheNextIsDrawn() {
    assertThatThrownBy(() -> end("has a blank", EXPIRES).await())
        .hasMessageContaining("not_before_line");
    end("jti-1", EXPIRES).await();
  }
}
