package io.postern.store.feed;

import io.postern.change.Change;
import io.postern.revocation.LineKind;
import io.postern.revocation.NotBeforeLine;
import io.postern.store.database.Statements;
import io.vertx.sqlclient.Row;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads not-before lines for the index. Used for one reading, in one snapshot of the database. */
final class LineReader {
  static final String LINES =
      """
      select line, kind, id, resource, nullif(not_before, 'infinity') from not_before_line
      """;

  private final Statements statements;

  LineReader(Statements statements) {
    this.statements = statements;
  }

  /** The changes that lead to the present state of these lines. */
  List<Change> read(Set<String> lines) {
    List<Change> changes = new ArrayList<>(lines.size());
    Set<String> gone = new HashSet<>(lines);
    for (Row row :
        statements.query(LINES + " where line = any ($1)", (Object) lines.toArray(String[]::new))) {
      gone.remove(row.getString(0));
      NotBeforeLine line = find(row);
      if (line != null) {
        changes.add(new Change.LinePut(line));
      }
    }
    gone.forEach(line -> changes.add(new Change.LineRemoved(line)));
    return changes;
  }

  /** The line of a row; null for one of a kind that a later version knows. */
  static @Nullable NotBeforeLine find(Row row) {
    LineKind kind = LineKind.find(row.getString(1));
    OffsetDateTime notBefore = row.getOffsetDateTime(4);
    return kind == null
        ? null
        : new NotBeforeLine(
            kind,
            row.getString(2),
            row.getString(3),
            NotBeforeLine.secondOf(notBefore == null ? null : notBefore.toInstant()));
  }
}
