package io.postern.store.database;

import io.vertx.sqlclient.Row;
import java.sql.ResultSet;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * What a session says of the place where it is, and whether Postern can work there.
 *
 * @param searchPath as it was set
 * @param processId of the server process that answered
 */
record SessionFacts(
    String database,
    String encoding,
    boolean standby,
    boolean readOnly,
    String searchPath,
    int processId) {

  /** Asks for them, one row. */
  static final String QUERY =
      """
      select current_database()::text, current_setting('server_encoding'), pg_is_in_recovery(),
             current_setting('transaction_read_only') = 'on', current_setting('search_path'),
             pg_backend_pid()\
      """;

  private static final String UTF_8 = "UTF8";

  static SessionFacts of(Row row) {
    return new SessionFacts(
        row.getString(0),
        row.getString(1),
        row.getBoolean(2),
        row.getBoolean(3),
        row.getString(4),
        row.getInteger(5));
  }

  static SessionFacts of(ResultSet row) throws SQLException {
    return new SessionFacts(
        row.getString(1),
        row.getString(2),
        row.getBoolean(3),
        row.getBoolean(4),
        row.getString(5),
        row.getInt(6));
  }

  /**
   * What keeps Postern from working in the session, and what to do; null if nothing does.
   *
   * @param name the database that was asked for
   * @param path the search path that was asked for, or null for whatever the role has
   */
  @Nullable String fault(String name, @Nullable String path) {
    if (!database.equals(name)) {
      return "it leads to the database \"%s\", not \"%s\": PostgreSQL takes 63 bytes of a name, and a"
              .formatted(database, name)
          + " pooler may lead elsewhere";
    }
    if (standby) {
      return "it is a standby, and Postern writes: name the primary, or all hosts with commas"
          + " between";
    }
    if (readOnly) {
      return "it is read-only, and Postern writes: look at default_transaction_read_only of the"
          + " server, the database and the role";
    }
    if (!encoding.equals(UTF_8)) {
      return "its encoding is %s, and names can be in any script: make one with".formatted(encoding)
          + " create database … encoding 'UTF8' template template0";
    }
    if (path != null && !path.equals(searchPath)) {
      return "its search_path is %s, not %s: a pooler in between has not passed it on; leave"
              .formatted(searchPath, path)
          + " POSTERN_DATABASE_SCHEMA out, and have the role begin there: alter role … set"
          + " search_path = …";
    }
    return null;
  }
}
