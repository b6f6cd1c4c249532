package io.postern.store.database;

import io.vertx.core.Future;
import io.vertx.sqlclient.Cursor;
import io.vertx.sqlclient.PreparedStatement;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.Arrays;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads results of any size in batches, inside of a transaction. To be used on virtual threads.
 *
 * <p>While a batch is handled the next is on its way, so that PostgreSQL, the event loop that
 * decodes and the caller work at the same time, and no more than two are in memory. The time of an
 * answer is limited for each batch, not for all of them.
 */
public final class TableScan {
  private final SqlConnection connection;
  private final int batchSize;

  public TableScan(SqlConnection connection, int batchSize) {
    this.connection = connection;
    this.batchSize = batchSize;
  }

  /** Hands over all rows of the result, in its order; without any, one batch that is empty. */
  public void read(Consumer<RowSet<Row>> batch, String sql, @Nullable Object... parameters) {
    PreparedStatement statement = Statements.await(connection.prepare(sql));
    Cursor cursor = statement.cursor(Tuple.wrap(Arrays.asList(parameters)));
    Future<RowSet<Row>> asked = cursor.read(batchSize);
    while (asked != null) {
      RowSet<Row> rows = Statements.await(asked);
      asked = cursor.hasMore() ? cursor.read(batchSize) : null;
      batch.accept(rows);
    }
    Statements.await(statement.close());
  }
}
