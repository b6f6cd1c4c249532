package io.postern.store.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postern.dev.BreakablePostgres;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.SqlClient;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A primary and its standby, and a URL that names both. */
class SeveralHostsTest {
  @TempDir static Path directory;

  private static final Vertx VERTX = Vertx.vertx();
  private static BreakablePostgres primary;
  private static BreakablePostgres standby;

  @BeforeAll
  static void start() throws Exception {
    primary = BreakablePostgres.create(directory.resolve("primary"));
    standby = primary.standby(directory.resolve("standby"), primary.port());
  }

  @AfterAll
  static void stop() throws Exception {
    VERTX.close().await();
    standby.close();
    primary.close();
  }

  @Test
  void primary_isFoundInAnyOrder_byBothClients() throws Exception {
    for (int[] ports :
        new int[][] {{standby.port(), primary.port()}, {primary.port(), standby.port()}}) {
      Database database = Database.parse(primary.url("postgres", ports));
      assertThat(askNatively(database)).isEqualTo(primary.port());
      assertThat(askByJdbc(database)).isEqualTo(primary.port());
    }
  }

  @Test
  void standbyAlone_isRefused_andSaysWhy() {
    Database database = Database.parse(primary.url("postgres", standby.port()));
    assertThatThrownBy(() -> askNatively(database))
        .isInstanceOf(DatabaseConnectException.class)
        .hasMessageContaining("127.0.0.1:" + standby.port())
        .hasMessageContaining("standby");
    assertThatThrownBy(() -> new Schema(database).migrate())
        .isInstanceOf(Schema.SchemaException.class)
        .hasMessageContaining("standby");
  }

  @Test
  void noPrimary_isToldOfEachHost() {
    Database database = Database.parse(primary.url("postgres", standby.port(), 1));
    assertThatThrownBy(() -> askNatively(database))
        .isInstanceOf(DatabaseConnectException.class)
        .hasMessageContaining("127.0.0.1:" + standby.port() + ": it is a standby")
        .hasMessageContaining("127.0.0.1:1: Connection refused");
  }

  @Test
  void hostThatSaysNothing_isNotWaitedFor() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Database database =
          Database.parse(primary.url("postgres", silent.getLocalPort(), primary.port()));
      long began = System.nanoTime();
      assertThat(askNatively(database)).isEqualTo(primary.port());
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(Duration.ofSeconds(3));
    }
  }

  @Test
  void promotion_isFollowed_byPoolAndConnections() throws Exception {
    try (BreakablePostgres old = BreakablePostgres.create(directory.resolve("old"));
        BreakablePostgres next = old.standby(directory.resolve("next"), old.port())) {
      Database database = Database.parse(old.url("postgres", old.port(), next.port()));
      Pool pool = database.pool(VERTX);
      assertThat(port(pool)).isEqualTo(old.port());
      int nextPort = next.port();
      old.kill();
      next.promote();
      assertThat(port(pool)).isEqualTo(nextPort);
      assertThat(askNatively(database)).isEqualTo(nextPort);
      assertThat(askByJdbc(database)).isEqualTo(nextPort);
      pool.close().await();
    }
  }

  private static int askNatively(Database database) {
    PgConnection connection = database.connect(VERTX, "test").await();
    try {
      return port(connection);
    } finally {
      connection.close().await();
    }
  }

  private static int port(SqlClient client) {
    return client
        .query("select inet_server_port()")
        .execute()
        .await()
        .iterator()
        .next()
        .getInteger(0);
  }

  private static int askByJdbc(Database database) throws Exception {
    try (Connection connection = database.dataSource().getConnection();
        Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery("select inet_server_port()")) {
      row.next();
      return row.getInt(1);
    }
  }
}
