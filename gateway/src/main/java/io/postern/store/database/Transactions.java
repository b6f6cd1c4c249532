package io.postern.store.database;

import io.postern.change.Revision;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Transaction;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads and changes in PostgreSQL, each in the transaction that it needs. To be used on virtual
 * threads.
 *
 * <p>Every method fails with {@link DatabaseUnavailableException} when PostgreSQL does, and with
 * {@link SchemaRuleException} when a rule of the schema forbids a change.
 */
public final class Transactions {
  /**
   * To be selected in a transaction that others may have to wait for: it is rolled back when its
   * gateway is paused in the middle of it or cut off, not when that one is back.
   */
  public static final String SILENCE_LIMIT =
      "set_config('idle_in_transaction_session_timeout', '10s', true)";

  /** What a transaction did, and the revision that includes it. */
  public record Committed<T>(T result, Revision revision) {}

  private final Pool pool;

  public Transactions(Pool pool) {
    this.pool = pool;
  }

  /** Reads, statement by statement, in no transaction. */
  public Statements read() {
    return new Statements(pool);
  }

  /** Reads in one snapshot, whose revision the work is told. */
  public <T> T snapshot(BiFunction<Statements, Revision, T> work) {
    return transaction(
        connection -> {
          Statements statements = new Statements(connection);
          statements.query("set transaction isolation level repeatable read read only");
          return work.apply(statements, head(statements));
        });
  }

  /**
   * Runs the work in a transaction of its own, alone among all writers; whatever it throws rolls
   * back. Work that changes nothing is given the revision of the last change before it.
   */
  public <T> Committed<T> write(Author author, Function<Statements, T> work) {
    return transaction(
        connection -> {
          Statements statements = lock(connection, author);
          T result = work.apply(statements);
          return new Committed<>(result, head(statements));
        });
  }

  /**
   * The same for work that one gateway does for all of them.
   *
   * @param lock the number of the work's advisory lock
   * @return the work's result; null, at once, when another gateway is about it
   */
  public <T> @Nullable T tryWrite(Author author, long lock, Function<Statements, T> work) {
    return tryAlone(lock, connection -> work.apply(lock(connection, author)));
  }

  /**
   * Runs work in a transaction of its own that is not alone among writers, but that one gateway
   * does for all of them; otherwise as above.
   */
  public <T> @Nullable T tryAlone(long lock, Function<SqlConnection, T> work) {
    return transaction(
        connection -> {
          boolean free =
              new Statements(connection)
                  .requireRow("select pg_try_advisory_xact_lock(lock_number($1)) as free", lock)
                  .getBoolean("free");
          return free ? work.apply(connection) : null;
        });
  }

  private static Revision head(Statements statements) {
    Row head = statements.requireRow("select revision, mark from feed_head");
    return new Revision(head.getLong(0), head.getUUID(1));
  }

  private <T extends @Nullable Object> T transaction(Function<SqlConnection, T> work) {
    SqlConnection connection = Statements.await(pool.getConnection());
    Database.noteFailures(connection);
    try {
      Transaction transaction = Statements.await(connection.begin());
      T done = work.apply(connection);
      commit(transaction);
      return done;
    } finally {
      // not awaited: it rolls back what is open, which takes for ever on a dead connection
      var _ = connection.close();
    }
  }

  // The lock of all writers, before any row is read: what is read here stays true until the end.
  private static Statements lock(SqlConnection connection, Author author) {
    Statements statements = new Statements(connection);
    statements.query(
        "select set_config('postern.actor', $1, true), set_config('postern.source', $2, true),"
            + " set_config('lock_timeout', '5s', true), set_config('statement_timeout', '10s',"
            + " true), "
            + SILENCE_LIMIT,
        author.actor(),
        author.source());
    statements.query("select from feed_head for update");
    return statements;
  }

  private static void commit(Transaction transaction) {
    try {
      Statements.await(transaction.commit());
    } catch (DatabaseUnavailableException e) {
      throw new DatabaseUnavailableException(e, true);
    }
  }
}
