package io.postern.store.vault;

import io.postern.store.database.RowMeta;
import io.postern.store.database.Statements;
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
               c.business_type, c.expires_at as credential_expires_at, l.access,
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
        RowMeta.instant(row.getOffsetDateTime("credential_expires_at")),
        List.of(row.getArrayOfStrings("access")),
        row.getInteger("requests_per_minute"),
        RowMeta.instant(row.getOffsetDateTime("expires_at")),
        RowMeta.of(row));
  }
}
