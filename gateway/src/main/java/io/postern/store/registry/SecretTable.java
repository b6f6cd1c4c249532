package io.postern.store.registry;

import io.postern.store.database.RowMeta;
import io.postern.store.database.Statements;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The table {@code client_secret}. Hashes go in and never come out. */
public final class SecretTable {
  private static final String SELECT =
      "select secret_id, description, expires_at, last_used_at, "
          + RowMeta.COLUMNS
          + " from client_secret left join client_secret_use using (secret_id) ";

  private final Statements statements;

  public SecretTable(Statements statements) {
    this.statements = statements;
  }

  public @Nullable SecretRow find(String clientId, String secretId) {
    Row row =
        statements.findRow(SELECT + "where client_id = $1 and secret_id = $2", clientId, secretId);
    return row == null ? null : secret(row);
  }

  /** Up to {@code limit} secrets that were created after that number, oldest first. */
  public List<SecretRow> list(String clientId, long after, int limit) {
    return statements
        .query(
            SELECT
                + "where client_id = $1 and creation_number > $2 order by creation_number limit $3",
            clientId,
            after,
            limit)
        .stream()
        .map(SecretTable::secret)
        .toList();
  }

  /**
   * Inserts a secret.
   *
   * @param hash HMAC-SHA-256 under the data key, 32 bytes
   */
  public void insert(
      String clientId,
      String secretId,
      byte[] hash,
      String dataKeyId,
      @Nullable String description,
      @Nullable Instant expiresAt) {
    statements.query(
        """
        insert into client_secret (client_id, secret_id, hash, data_key_id, description, expires_at)
        values ($1, $2, $3, $4, $5, $6)
        """,
        clientId,
        secretId,
        Buffer.buffer(hash),
        dataKeyId,
        description,
        RowMeta.offset(expiresAt));
  }

  public void delete(String clientId, String secretId) {
    statements.query(
        "delete from client_secret where client_id = $1 and secret_id = $2", clientId, secretId);
  }

  /** How many secrets of the client have not expired. */
  public long countLive(String clientId) {
    return statements
        .requireRow(
            "select count(*) as n from client_secret"
                + " where client_id = $1 and (expires_at is null or expires_at > now())",
            clientId)
        .getLong("n");
  }

  private static SecretRow secret(Row row) {
    return new SecretRow(
        row.getString("secret_id"),
        row.getString("description"),
        RowMeta.instant(row.getOffsetDateTime("expires_at")),
        RowMeta.instant(row.getOffsetDateTime("last_used_at")),
        RowMeta.of(row));
  }
}
