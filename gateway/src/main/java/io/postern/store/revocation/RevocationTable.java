package io.postern.store.revocation;

import io.postern.revocation.LineKind;
import io.postern.revocation.NotBeforeLine;
import io.postern.store.database.RowMeta;
import io.postern.store.database.Statements;
import io.vertx.sqlclient.Row;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The table {@code not_before_line}. */
public final class RevocationTable {
  private static final String COLUMNS =
      "revocation_id, kind, id, resource, nullif(not_before, 'infinity') as not_before, ends_at,"
          + " reason, "
          + RowMeta.COLUMNS;

  // a line is never taken back: that of a client that is disabled stays without an end
  private static final String DRAW =
      """
      insert into not_before_line (kind, id, resource, not_before, ends_at, revocation_id, reason)
      values ($1, $2, $3, case when $1 = 'token' then 'infinity' else not_before_now() end,
              not_before_end(), revocation_id(), $4)
      on conflict (line) do update
         set not_before = greatest(not_before_line.not_before, excluded.not_before),
             ends_at = greatest(not_before_line.ends_at, excluded.ends_at),
             revocation_id = excluded.revocation_id, reason = excluded.reason
      returning
      """
          + COLUMNS;

  private final Statements statements;

  public RevocationTable(Statements statements) {
    this.statements = statements;
  }

  /** Draws the line of now; of a token one without an end, since its {@code jti} is its own. */
  public RevocationRow draw(
      LineKind kind, String id, @Nullable String resource, @Nullable String reason) {
    return row(statements.requireRow(DRAW, kind.label(), id, resource, reason));
  }

  /** When a line that is drawn now would be. */
  public NotBeforeLine foresee(LineKind kind, String id) {
    OffsetDateTime now =
        statements.requireRow("select not_before_now() as now").getOffsetDateTime("now");
    return new NotBeforeLine(
        kind,
        id,
        null,
        kind == LineKind.TOKEN
            ? NotBeforeLine.ALWAYS
            : NotBeforeLine.secondOf(RowMeta.instant(now)));
  }

  /** Up to {@code limit} lines that were first drawn after that number, oldest first. */
  public List<RevocationRow> list(long after, int limit) {
    return statements
        .query(
            "select "
                + COLUMNS
                + " from not_before_line where creation_number > $1 order by creation_number limit"
                + " $2",
            after,
            limit)
        .stream()
        .map(RevocationTable::row)
        .toList();
  }

  private static RevocationRow row(Row row) {
    return new RevocationRow(
        row.getString("revocation_id"),
        new NotBeforeLine(
            Objects.requireNonNull(LineKind.find(row.getString("kind"))),
            row.getString("id"),
            row.getString("resource"),
            NotBeforeLine.secondOf(RowMeta.instant(row.getOffsetDateTime("not_before")))),
        row.getString("reason"),
        row.getOffsetDateTime("ends_at").toInstant(),
        RowMeta.of(row));
  }
}
