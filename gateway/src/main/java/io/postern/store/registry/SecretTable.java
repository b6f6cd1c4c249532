package io.postern.store.registry;

import io.postern.store.database.RowMeta;
import io.postern.store.database.Statements;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The table {@code client_secret}. Hashes go in and never come out. */
public final class SecretTable extends OwnedTable<SecretRow> {
  private static final String SELECT =
      "select secret_id, description, expires_at, last_used_at, "
          + RowMeta.COLUMNS
          + " from client_secret left join client_secret_use using (secret_id) ";

  public SecretTable(Statements statements) {
    super(statements, SELECT, "client_secret", "client_id", "secret_id");
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

  /** How many secrets of the client have not expired. */
  public long countLive(String clientId) {
    return statements
        .requireRow(
            "select count(*) as n from client_secret"
                + " where client_id = $1 and (expires_at is null or expires_at > now())",
            clientId)
        .getLong("n");
  }

  @Override
  protected SecretRow read(Row row) {
    return new SecretRow(
        row.getString("secret_id"),
        row.getString("description"),
        RowMeta.instant(row.getOffsetDateTime("expires_at")),
        RowMeta.instant(row.getOffsetDateTime("last_used_at")),
        RowMeta.of(row));
  }
}
