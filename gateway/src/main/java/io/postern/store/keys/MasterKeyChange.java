package io.postern.store.keys;

import io.postern.crypto.MasterKeys;
import io.postern.store.database.Database;
import io.postern.store.database.Statements;
import io.postern.store.database.Transactions;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Transaction;
import java.util.List;

/**
 * Wraps the data keys of a database under another master key. The data keys themselves stay, so
 * gateways that run are not concerned.
 */
public final class MasterKeyChange {
  /**
   * What was done.
   *
   * @param rewrapped data keys that were under another master key
   * @param current data keys that were under the first one already
   */
  public record Result(int rewrapped, int current) {}

  private MasterKeyChange() {}

  /**
   * Wraps every data key under the first master key, in one transaction. Blocks, so not on an event
   * loop.
   *
   * @throws Keyring.WrongMasterKeyException when none of them unwraps one, and nothing was changed
   */
  public static Result run(Pool pool, MasterKeys masterKeys) {
    SqlConnection connection = Statements.await(pool.getConnection());
    Database.noteFailures(connection);
    try {
      Transaction transaction = Statements.await(connection.begin());
      Result result = rewrap(new Statements(connection), masterKeys);
      Statements.await(transaction.commit());
      return result;
    } finally {
      // not awaited: it rolls back what is open, which takes for ever on a dead connection
      var _ = connection.close();
    }
  }

  private static Result rewrap(Statements transaction, MasterKeys masterKeys) {
    transaction.query(
        "select set_config('lock_timeout', '15s', true), " + Transactions.SILENCE_LIMIT);
    // as at the start of a gateway, which makes data keys that are missing
    transaction.query("select from feed_head for update");
    List<Row> rows = transaction.query("select data_key_id, purpose, wrapped from data_key");
    int rewrapped = 0;
    for (Row row : rows) {
      String id = row.getString("data_key_id");
      String context = Keyring.context(row.getString("purpose"), id);
      byte[] wrapped = row.getBuffer("wrapped").getBytes();
      byte[] key = masterKeys.unwrap(wrapped, context);
      if (key == null) {
        throw new Keyring.WrongMasterKeyException();
      }
      if (!masterKeys.isCurrent(wrapped, context)) {
        transaction.query(
            "update data_key set wrapped = $2 where data_key_id = $1",
            id,
            Buffer.buffer(masterKeys.wrap(key, context)));
        rewrapped++;
      }
    }
    return new Result(rewrapped, rows.size() - rewrapped);
  }
}
