package io.postern.store.database;

import io.vertx.sqlclient.SqlConnection;
import java.util.function.ToLongFunction;

/**
 * Work on many rows in portions, each in a short transaction of its own, so that nobody waits for
 * long. One gateway does it for all. To be used on virtual threads.
 */
public final class Portions {
  /** At most so many in one run; the next goes on. */
  private static final int MOST_PORTIONS = 100;

  private final Transactions transactions;
  private final long lock;

  /**
   * @param lock the number of the work's advisory lock
   */
  public Portions(Transactions transactions, long lock) {
    this.transactions = transactions;
    this.lock = lock;
  }

  /**
   * Goes on until there is nothing left to do.
   *
   * @param portion does one portion and answers how many rows it changed
   * @return how many rows were changed; 0 when another gateway is about it
   */
  public long run(ToLongFunction<Statements> portion) {
    long rows = 0;
    for (int i = 0; i < MOST_PORTIONS; i++) {
      Long changed = transactions.tryAlone(lock, connection -> run(connection, portion));
      if (changed == null || changed == 0) {
        break;
      }
      rows += changed;
    }
    return rows;
  }

  private static long run(SqlConnection connection, ToLongFunction<Statements> portion) {
    Statements statements = new Statements(connection);
    statements.query(
        "select set_config('lock_timeout', '5s', true), " + Transactions.SILENCE_LIMIT);
    return portion.applyAsLong(statements);
  }
}
