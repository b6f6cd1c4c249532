package io.postern.bench.load;

import java.nio.charset.StandardCharsets;
import java.sql.SQLException;
import java.util.HexFormat;
import org.postgresql.PGConnection;
import org.postgresql.copy.CopyIn;

/** A COPY of rows into a table, in text form. Not thread-safe. */
final class CopyStream {
  private static final int FLUSH_CHARS = 64 * 1024;

  private final CopyIn copy;
  private final StringBuilder rows = new StringBuilder(FLUSH_CHARS + 1024);

  /**
   * @param columns the table and, in parentheses, its columns
   */
  CopyStream(PGConnection connection, String columns) throws SQLException {
    this.copy = connection.getCopyAPI().copyIn("copy " + columns + " from stdin");
  }

  /**
   * Adds a row.
   *
   * @param values numbers, bytes, or texts without control characters and backslashes
   */
  void row(Object... values) throws SQLException {
    for (int i = 0; i < values.length; i++) {
      if (i > 0) {
        rows.append('\t');
      }
      if (values[i] instanceof byte[] bytes) {
        rows.append("\\\\x").append(HexFormat.of().formatHex(bytes));
      } else {
        rows.append(values[i]);
      }
    }
    rows.append('\n');
    if (rows.length() >= FLUSH_CHARS) {
      flush();
    }
  }

  void end() throws SQLException {
    flush();
    copy.endCopy();
  }

  private void flush() throws SQLException {
    byte[] bytes = rows.toString().getBytes(StandardCharsets.UTF_8);
    copy.writeToCopy(bytes, 0, bytes.length);
    rows.setLength(0);
  }
}
