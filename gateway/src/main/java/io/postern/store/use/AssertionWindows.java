package io.postern.store.use;

import io.postern.store.database.DatabaseUnavailableException;
import io.postern.store.database.Statements;
import io.vertx.sqlclient.SqlClient;
import java.time.Duration;

/** The tables of used assertions that take turns. To be used on virtual threads. */
public final class AssertionWindows {
  private final Statements statements;
  private final Duration longestLife;

  /**
   * @param longestLife how long an assertion may be good at most, to the second
   */
  public AssertionWindows(SqlClient client, Duration longestLife) {
    this.statements = new Statements(client);
    this.longestLife = longestLife;
  }

  /**
   * Opens the next window if it is time. Several may try; PostgreSQL knows, and lets one do it.
   *
   * @throws DatabaseUnavailableException also while uses go before, or a dump reads a table
   */
  public void rotate() {
    statements.query(
        "select rotate_used_assertions(make_interval(secs => $1))",
        (double) longestLife.toSeconds());
  }
}
