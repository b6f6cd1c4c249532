package io.postern.store.database;

import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.SqlConnection;

/**
 * Notices a pooler that gives each transaction of a session to another server process: what Postern
 * listens to would never arrive there, and what it sets would go to others.
 */
public final class SessionPooling {
  private static final int ROUNDS = 5;

  private SessionPooling() {}

  /**
   * Lets two sessions show whether each has a server process of its own. Blocks, so not on an event
   * loop. Asks nothing where no pooler has been met.
   *
   * @throws UnfitDatabaseException when they share one
   */
  public static void refuse(Vertx vertx, Database database) {
    if (!database.isBehindPooler()) {
      return;
    }
    PgConnection first = Statements.await(database.connect(vertx, "probe"));
    try {
      PgConnection second = Statements.await(database.connect(vertx, "probe"));
      try {
        for (int round = 0; round < ROUNDS; round++) {
          if (share(first, second) || share(second, first)) {
            throw new UnfitDatabaseException(
                "the pooler before %s pools transactions, so that nothing of a change would be heard:"
                        .formatted(database)
                    + " have it pool sessions (pgbouncer: pool_mode=session), or name PostgreSQL"
                    + " itself");
          }
        }
      } finally {
        var _ = second.close();
      }
    } finally {
      var _ = first.close();
    }
  }

  // Whose turn is over gives its process back, and poolers give out the last one that came.
  private static boolean share(SqlConnection idle, SqlConnection busy) {
    int before = processId(idle);
    Statements.await(busy.query("begin").execute());
    boolean shared = processId(busy) == before || processId(idle) != before;
    Statements.await(busy.query("rollback").execute());
    return shared;
  }

  private static int processId(SqlConnection session) {
    return Statements.await(session.query("select pg_backend_pid()").execute())
        .iterator()
        .next()
        .getInteger(0);
  }
}
