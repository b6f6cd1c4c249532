package io.postern.faults;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashSet;
import java.util.Set;

/** What the database says, of what the checker keeps a model of. */
record Rows(Set<String> active, Set<String> secrets, Set<String> grants) {
  /** Reads them in one snapshot. */
  static Rows read(Connection connection) throws SQLException {
    connection.setAutoCommit(false);
    connection.setTransactionIsolation(Connection.TRANSACTION_REPEATABLE_READ);
    Rows rows =
        new Rows(
            column(connection, "select id from application where status = 'active'"),
            column(connection, "select secret_id from client_secret"),
            column(
                connection,
                """
                select client_id || ' ' || resource_id || ' ' || unnest(scopes)
                  from resource_grant\
                """));
    connection.commit();
    return rows;
  }

  static String grant(String clientId, String resourceId, String scope) {
    return clientId + " " + resourceId + " " + scope;
  }

  private static Set<String> column(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      Set<String> values = new HashSet<>();
      while (rows.next()) {
        values.add(rows.getString(1));
      }
      return values;
    }
  }
}
