package io.postern.store.database;

import io.vertx.core.Future;
import io.vertx.core.VertxException;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.ClosedConnectionException;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.TransactionRollbackException;
import io.vertx.sqlclient.Tuple;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Runs prepared statements and waits for their rows. To be used on virtual threads. */
public final class Statements {
  /** Longer than PostgreSQL is told to take in a write, so that its own answer comes first. */
  private static final Duration TIMEOUT = Duration.ofSeconds(15);

  private final SqlClient client;
  private final Duration timeout;

  public Statements(SqlClient client) {
    this(client, TIMEOUT);
  }

  /**
   * @param timeout how long an answer may take
   */
  public Statements(SqlClient client, Duration timeout) {
    this.client = client;
    this.timeout = timeout;
  }

  /** All rows of the result. */
  public List<Row> query(String sql, @Nullable Object... parameters) {
    return await(start(sql, parameters), timeout);
  }

  /**
   * Sends the statement and does not wait. What is sent on one connection is answered in its order.
   */
  public Future<List<Row>> start(String sql, @Nullable Object... parameters) {
    return client
        .preparedQuery(sql)
        .execute(Tuple.wrap(Arrays.asList(parameters)))
        .map(Statements::list);
  }

  /** How many rows the statement changed. */
  public long count(String sql, @Nullable Object... parameters) {
    return await(
        client
            .preparedQuery(sql)
            .execute(Tuple.wrap(Arrays.asList(parameters)))
            .map(result -> (long) result.rowCount()),
        timeout);
  }

  private static List<Row> list(RowSet<Row> result) {
    List<Row> rows = new ArrayList<>(result.size());
    result.forEach(rows::add);
    return rows;
  }

  /** The first row of the result, or null. */
  public @Nullable Row findRow(String sql, @Nullable Object... parameters) {
    List<Row> rows = query(sql, parameters);
    return rows.isEmpty() ? null : rows.getFirst();
  }

  /** The only row of a result that always has one. */
  public Row requireRow(String sql, @Nullable Object... parameters) {
    return query(sql, parameters).getFirst();
  }

  /**
   * Waits for an answer of PostgreSQL.
   *
   * @throws SchemaRuleException when a rule forbids the change
   * @throws DatabaseUnavailableException when no answer comes, or one that says to come back later
   */
  public static <T> T await(Future<T> answer) {
    return await(answer, TIMEOUT);
  }

  /** Waits for an answer to {@link #start}, for as long as these statements may take. */
  public List<Row> awaitRows(Future<List<Row>> answer) {
    return await(answer, timeout);
  }

  private static <T> T await(Future<T> answer, Duration timeout) {
    try {
      // not await with a timeout: the thread of a verticle that gives up could never wait again
      return answer.timeout(timeout.toMillis(), TimeUnit.MILLISECONDS).await();
    } catch (PgException e) {
      throw translate(e);
    } catch (Throwable e) {
      // await throws what the future failed with, checked exceptions too
      if (isLostConnection(e)) {
        throw new DatabaseUnavailableException(e, false);
      }
      throw e;
    }
  }

  private static RuntimeException translate(PgException e) {
    SchemaRule rule = SchemaRule.find(e.getConstraint());
    if (rule != null) {
      // the other rules are PostgreSQL's own words
      boolean named = rule == SchemaRule.AUDIENCE_EQUAL;
      return new SchemaRuleException(rule, named ? e.getErrorMessage() : null);
    }
    String state = String.valueOf(e.getSqlState());
    boolean later =
        switch (state.length() < 2 ? "" : state.substring(0, 2)) {
          // connection, rolled back by a conflict, resources, object in use, operator intervention
          case "08", "40", "53", "55", "57" -> true;
          // 28: the password has changed; 25: a standby, or a session that ended
          case "25", "28" -> true;
          default -> false;
        };
    // The message's detail may show rows, and with them hashes: neither it nor the cause goes on.
    var failure =
        new IllegalStateException(
            "PostgreSQL answers %s: %s (table %s, constraint %s)"
                .formatted(state, e.getErrorMessage(), e.getTable(), e.getConstraint()));
    return later ? new DatabaseUnavailableException(failure, false) : failure;
  }

  private static boolean isLostConnection(Throwable e) {
    return e instanceof IOException
        || e instanceof TimeoutException
        || e instanceof ClosedConnectionException
        // no connection of the pool in time, or closed on the way, each as a class of its own
        || (e instanceof VertxException && !(e instanceof TransactionRollbackException));
  }
}
