package io.postern.store.registry;

import io.postern.store.database.RowMeta;
import io.postern.store.database.Statements;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The table {@code resource_grant}. */
public final class GrantTable extends OwnedTable<GrantRow> {
  public static final String SELECT =
      """
      select client_id, resource_id,
             (select audience from application where id = resource_id) as audience,
             scopes, expires_at, creation_number, created_at, updated_at, revision
        from resource_grant
      """;

  public GrantTable(Statements statements) {
    super(statements, SELECT, "resource_grant", "client_id", "resource_id");
  }

  public void insert(
      String clientId, String resourceId, List<String> scopes, @Nullable Instant expiresAt) {
    statements.query(
        "insert into resource_grant (client_id, resource_id, scopes, expires_at)"
            + " values ($1, $2, $3, $4)",
        clientId,
        resourceId,
        scopes.toArray(String[]::new),
        RowMeta.offset(expiresAt));
  }

  public void update(
      String clientId, String resourceId, List<String> scopes, @Nullable Instant expiresAt) {
    statements.query(
        "update resource_grant set scopes = $3, expires_at = $4"
            + " where client_id = $1 and resource_id = $2",
        clientId,
        resourceId,
        scopes.toArray(String[]::new),
        RowMeta.offset(expiresAt));
  }

  /**
   * Up to {@code limit} grants of the application and on it, created after that number, oldest
   * first.
   */
  public List<Edge> edges(String id, long after, int limit) {
    return statements
        .query(
            """
            select g.client_id = $1 as outbound, g.scopes, g.expires_at, g.creation_number,
                   o.id, o.kind, o.name, o.audience, o.status
              from resource_grant g
              join application o
                on o.id = case g.client_id when $1 then g.resource_id else g.client_id end
             where (g.client_id = $1 or g.resource_id = $1) and g.creation_number > $2
             order by g.creation_number limit $3
            """,
            id,
            after,
            limit)
        .stream()
        .map(GrantTable::edge)
        .toList();
  }

  private static Edge edge(Row row) {
    return edge(row, row.getBoolean("outbound"), row.getLong("creation_number"));
  }

  /** An edge of a row that has the other end, scopes and an expiry. */
  public static Edge edge(Row row, boolean outbound, long creationNumber) {
    return new Edge(
        outbound,
        new Edge.Node(
            row.getString("id"),
            row.getString("kind"),
            row.getString("name"),
            row.getString("audience"),
            row.getString("status")),
        List.of(row.getArrayOfStrings("scopes")),
        RowMeta.instant(row.getOffsetDateTime("expires_at")),
        creationNumber);
  }

  @Override
  protected GrantRow read(Row row) {
    return grant(row);
  }

  public static GrantRow grant(Row row) {
    return new GrantRow(
        row.getString("client_id"),
        row.getString("resource_id"),
        row.getString("audience"),
        List.of(row.getArrayOfStrings("scopes")),
        RowMeta.instant(row.getOffsetDateTime("expires_at")),
        RowMeta.of(row));
  }
}
