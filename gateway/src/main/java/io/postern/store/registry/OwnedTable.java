package io.postern.store.registry;

import io.postern.store.database.RegistryRow;
import io.postern.store.database.Statements;
import io.vertx.sqlclient.Row;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A table of rows that belong to another row, each with an id that is unique to its owner. */
public abstract class OwnedTable<R extends RegistryRow> {
  protected final Statements statements;
  private final String select;
  private final String table;
  private final String one;
  private final String owned;

  /**
   * @param select the rows, up to a {@code where}
   * @param owner the column of the owner's id
   * @param id the column of the row's own
   */
  protected OwnedTable(
      Statements statements, String select, String table, String owner, String id) {
    this.statements = statements;
    this.select = select;
    this.table = table;
    this.one = " where %s = $1 and %s = $2".formatted(owner, id);
    this.owned =
        " where %s = $1 and creation_number > $2 order by creation_number limit $3"
            .formatted(owner);
  }

  protected abstract R read(Row row);

  public final @Nullable R find(String ownerId, String id) {
    Row row = statements.findRow(select + one, ownerId, id);
    return row == null ? null : read(row);
  }

  /** Up to {@code limit} rows that were created after that number, oldest first. */
  public final List<R> list(String ownerId, long after, int limit) {
    return statements.query(select + owned, ownerId, after, limit).stream()
        .map(this::read)
        .toList();
  }

  public final void delete(String ownerId, String id) {
    statements.query("delete from " + table + one, ownerId, id);
  }
}
