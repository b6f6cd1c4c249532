package io.postern.faults;

import io.postern.dev.BreakablePostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;

/** A copy of a stage's primary that follows it, until its stream is cut or it takes over. */
final class Standby {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Duration POLL = Duration.ofMillis(10);

  private final Stage stage;
  private final TcpProxy stream;
  private final BreakablePostgres copy;

  /**
   * @param name of its directory
   */
  Standby(Stage stage, String name) throws IOException, SQLException {
    this.stage = stage;
    stream = new TcpProxy(stage.postgres().port());
    copy = stage.postgres().standby(stage.directory(name), stream.port());
    awaitCaughtUp();
  }

  int port() {
    return copy.port();
  }

  /** Waits until it has all that is committed on the primary now. */
  void awaitCaughtUp() throws SQLException {
    String end;
    try (Connection connection = stage.database()) {
      end = value(connection, "select pg_current_wal_flush_lsn()");
    }
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    try (Connection connection = copy.connect("postgres")) {
      String there = "select coalesce(pg_last_wal_replay_lsn() >= '%s', false)".formatted(end);
      while (!value(connection, there).equals("t")) {
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException("the standby does not catch up");
        }
        LockSupport.parkNanos(POLL.toNanos());
      }
    }
  }

  /** Lets it fall behind. */
  void cutStream() {
    stream.cut();
  }

  /** Kills the primary and takes its place. No gateway is led here yet. */
  void takeOver() throws IOException, SQLException {
    stage.postgres().kill();
    stream.close();
    copy.promote();
    stage.replacePrimary(copy);
  }

  private static String value(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getString(1);
    }
  }
}
