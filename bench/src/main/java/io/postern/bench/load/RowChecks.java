package io.postern.bench.load;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;

/**
 * The checks of single values on applications and scopes. Their regular expressions with counted
 * repetitions cost a mass insert more than all else.
 */
final class RowChecks {
  private static final String CHECKS =
      """
      select conrelid::regclass, quote_ident(conname), pg_get_constraintdef(oid)
        from pg_constraint
       where contype = 'c' and conrelid in ('application'::regclass, 'scope'::regclass)\
      """;

  private RowChecks() {}

  /**
   * Drops them.
   *
   * @return the statements that have new rows checked again
   */
  static List<String> drop(Statement statement) throws SQLException {
    List<String> drop = new ArrayList<>();
    List<String> add = new ArrayList<>();
    try (ResultSet check = statement.executeQuery(CHECKS)) {
      while (check.next()) {
        String table = "alter table " + check.getString(1);
        String name = check.getString(2);
        drop.add(table + " drop constraint " + name);
        add.add(table + " add constraint " + name + " " + check.getString(3) + " not valid");
      }
    }
    for (String sql : drop) {
      statement.execute(sql);
    }
    return add;
  }
}
