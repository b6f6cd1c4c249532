package io.postern.store.vault;

import io.postern.store.database.RowMeta;
import io.postern.store.database.Statements;
import io.postern.store.registry.Edge;
import io.postern.store.registry.GrantTable;
import io.postern.store.registry.OwnedTable;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The table {@code credential_link}. The rows belong to agents. */
public final class CredentialLinkTable extends OwnedTable<CredentialLinkRow> {
  private static final String SELECT =
      """
      select * from (
        select l.client_id, a.name as agent_name, l.credential_id, c.identifier, c.name,
               c.business_type,
               coalesce(c.expires_at <= now(), false) as credential_expired, l.access,
               l.requests_per_minute, l.expires_at, l.creation_number, l.created_at, l.updated_at,
               l.revision
          from credential_link l
          join application a on a.id = l.client_id
          join hosted_credential c on c.credential_id = l.credential_id) link
      """;

  public CredentialLinkTable(Statements statements) {
    super(statements, SELECT, "credential_link", "client_id", "credential_id");
  }

  /** Up to {@code limit} links to the credential that were created after that number. */
  public List<CredentialLinkRow> listOf(String credentialId, long after, int limit) {
    return statements
        .query(
            SELECT
                + """
                where credential_id = $1 and creation_number > $2
                order by creation_number limit $3
                """,
            credentialId,
            after,
            limit)
        .stream()
        .map(this::read)
        .toList();
  }

  /**
   * The grant on the vault that follows from the live links of an agent, as an edge that was before
   * all others; null without any.
   */
  public @Nullable Edge findVaultGrant(String clientId) {
    Row row =
        statements.findRow(
            """
            select o.id, o.kind, o.name, o.audience, o.status, granted.*
              from application o,
                   (select array_agg(distinct 'credential:' || a order by 'credential:' || a)
                             as scopes,
                           case when bool_and(expires_at is not null) then max(expires_at) end
                             as expires_at
                      from credential_link, unnest(access) a
                     where client_id = $1 and (expires_at is null or expires_at > now())) granted
             where o.audience = 'urn:postern:vault' and scopes is not null
            """,
            clientId);
    return row == null ? null : GrantTable.edge(row, true, 0);
  }

  public void insert(
      String clientId,
      String credentialId,
      List<String> access,
      @Nullable Integer requestsPerMinute,
      @Nullable Instant expiresAt) {
    statements.query(
        """
        insert into credential_link
          (client_id, credential_id, access, requests_per_minute, expires_at)
        values ($1, $2, $3, $4, $5)
        """,
        clientId,
        credentialId,
        access.toArray(String[]::new),
        requestsPerMinute,
        RowMeta.offset(expiresAt));
  }

  public void update(
      String clientId,
      String credentialId,
      List<String> access,
      @Nullable Integer requestsPerMinute,
      @Nullable Instant expiresAt) {
    statements.query(
        """
        update credential_link set access = $3, requests_per_minute = $4, expires_at = $5
         where client_id = $1 and credential_id = $2
        """,
        clientId,
        credentialId,
        access.toArray(String[]::new),
        requestsPerMinute,
        RowMeta.offset(expiresAt));
  }

  @Override
  protected CredentialLinkRow read(Row row) {
    return new CredentialLinkRow(
        row.getString("client_id"),
        row.getString("agent_name"),
        row.getString("credential_id"),
        row.getString("identifier"),
        row.getString("name"),
        row.getString("business_type"),
        row.getBoolean("credential_expired"),
        List.of(row.getArrayOfStrings("access")),
        row.getInteger("requests_per_minute"),
        RowMeta.instant(row.getOffsetDateTime("expires_at")),
        RowMeta.of(row));
  }
}
