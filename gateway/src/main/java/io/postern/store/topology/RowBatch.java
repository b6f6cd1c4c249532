package io.postern.store.topology;

import io.postern.store.database.Statements;
import io.vertx.core.buffer.Buffer;
import java.lang.reflect.Array;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/**
 * One statement for many rows, which come as arrays, one for each column.
 *
 * @param sql takes the columns as $1, $2, …
 * @param columns in that order
 */
record RowBatch<T>(String sql, List<Column<T>> columns) {
  /** How many rows go into one statement, so that none takes long. */
  static final int ROWS = 500;

  RowBatch {
    columns = List.copyOf(columns);
  }

  /** A column's value in each row. */
  record Column<T>(Class<?> type, Function<T, ? extends @Nullable Object> value) {
    static <T> Column<T> text(Function<T, @Nullable String> value) {
      return new Column<>(String.class, value);
    }

    static <T> Column<T> integer(Function<T, @Nullable Integer> value) {
      return new Column<>(Integer.class, value);
    }

    static <T> Column<T> bytes(Function<T, Buffer> value) {
      return new Column<>(Buffer.class, value);
    }

    static <T> Column<T> time(Function<T, @Nullable OffsetDateTime> value) {
      return new Column<>(OffsetDateTime.class, value);
    }

    private Object array(List<T> rows) {
      Object array = Array.newInstance(type, rows.size());
      for (int i = 0; i < rows.size(); i++) {
        Array.set(array, i, value.apply(rows.get(i)));
      }
      return array;
    }
  }

  /** Runs the statement for all rows, {@link #ROWS} at a time; otherwise as below. */
  void run(Statements statements, List<T> rows, IntConsumer done) {
    run(statements, rows, ROWS, done);
  }

  /**
   * Runs the statement for all rows.
   *
   * @param most how many rows go into one statement
   * @param done is told after each statement for how many rows it was
   */
  void run(Statements statements, List<T> rows, int most, IntConsumer done) {
    for (int from = 0; from < rows.size(); from += most) {
      List<T> part = rows.subList(from, Math.min(from + most, rows.size()));
      statements.query(sql, columns.stream().map(column -> column.array(part)).toArray());
      done.accept(part.size());
    }
  }
}
