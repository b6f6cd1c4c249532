package io.postern.store.registry;

import io.postern.store.database.RowMeta;
import io.postern.store.database.Statements;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The table {@code resource_grant}. */
public final class GrantTable {
  public static final String SELECT =
      """
      select g.client_id, g.resource_id, a.audience, g.scopes, g.expires_at, g.creation_number,
             g.created_at, g.updated_at, g.revision
        from resource_grant g join application a on a.id = g.resource_id
      """;

  private final Statements statements;

  public GrantTable(Statements statements) {
    this.statements = statements;
  }

  public @Nullable GrantRow find(String clientId, String resourceId) {
    Row row =
        statements.findRow(
            SELECT + "where g.client_id = $1 and g.resource_id = $2", clientId, resourceId);
    return row == null ? null : grant(row);
  }

  /** Up to {@code limit} grants that were created after that number, oldest first. */
  public List<GrantRow> list(String clientId, long after, int limit) {
    return statements
        .query(
            SELECT
                + "where g.client_id = $1 and g.creation_number > $2"
                + " order by g.creation_number limit $3",
            clientId,
            after,
            limit)
        .stream()
        .map(GrantTable::grant)
        .toList();
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

  public void delete(String clientId, String resourceId) {
    statements.query(
        "delete from resource_grant where client_id = $1 and resource_id = $2",
        clientId,
        resourceId);
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
    return new Edge(
        row.getBoolean("outbound"),
        new Edge.Node(
            row.getString("id"),
            row.getString("kind"),
            row.getString("name"),
            row.getString("audience"),
            row.getString("status")),
        List.of(row.getArrayOfStrings("scopes")),
        RowMeta.instant(row.getOffsetDateTime("expires_at")),
        row.getLong("creation_number"));
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
