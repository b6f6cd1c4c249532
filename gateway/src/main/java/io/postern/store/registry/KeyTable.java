package io.postern.store.registry;

import io.postern.store.database.RowMeta;
import io.postern.store.database.Statements;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The table {@code client_key}. */
public final class KeyTable extends OwnedTable<KeyRow> {
  public static final String SELECT =
      "select client_id, kid, thumbprint, key_type, public_key, alg, expires_at, last_used_at, "
          + RowMeta.COLUMNS
          + " from client_key left join client_key_use using (client_id, kid) ";

  public KeyTable(Statements statements) {
    super(statements, SELECT, "client_key", "client_id", "kid");
  }

  /**
   * Inserts a key.
   *
   * @param thumbprint RFC 7638, SHA-256
   * @param publicKey X.509 SubjectPublicKeyInfo
   */
  public void insert(
      String clientId,
      String kid,
      String thumbprint,
      String keyType,
      byte[] publicKey,
      @Nullable String alg,
      @Nullable Instant expiresAt) {
    statements.query(
        """
        insert into client_key (client_id, kid, thumbprint, key_type, public_key, alg, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7)
        """,
        clientId,
        kid,
        thumbprint,
        keyType,
        Buffer.buffer(publicKey),
        alg,
        RowMeta.offset(expiresAt));
  }

  /** How many keys of the client have not expired. */
  public long countLive(String clientId) {
    return statements
        .requireRow(
            "select count(*) as n from client_key"
                + " where client_id = $1 and (expires_at is null or expires_at > now())",
            clientId)
        .getLong("n");
  }

  @Override
  protected KeyRow read(Row row) {
    return key(row);
  }

  public static KeyRow key(Row row) {
    return new KeyRow(
        row.getString("kid"),
        row.getString("thumbprint"),
        row.getString("key_type"),
        row.getBuffer("public_key"),
        row.getString("alg"),
        RowMeta.instant(row.getOffsetDateTime("expires_at")),
        RowMeta.instant(row.getOffsetDateTime("last_used_at")),
        RowMeta.of(row));
  }
}
