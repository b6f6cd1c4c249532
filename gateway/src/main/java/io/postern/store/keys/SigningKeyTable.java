package io.postern.store.keys;

import io.postern.store.database.RowMeta;
import io.postern.store.database.Statements;
import io.vertx.sqlclient.Row;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The table {@code signing_key}: what an administrator sees of it, and new keys. */
public final class SigningKeyTable {
  private static final String SELECT =
      "select kid, alg, state, published_at, activated_at, retired_at, "
          + RowMeta.COLUMNS
          + " from signing_key ";

  private final Statements statements;

  public SigningKeyTable(Statements statements) {
    this.statements = statements;
  }

  /** Up to {@code limit} keys that were created after that number, oldest first. */
  public List<SigningKeyRow> list(long after, int limit) {
    return statements
        .query(
            SELECT + "where creation_number > $1 order by creation_number limit $2", after, limit)
        .stream()
        .map(SigningKeyTable::key)
        .toList();
  }

  /** The pending key for that algorithm, the oldest if there are several, or null. */
  public @Nullable SigningKeyRow findPending(String alg) {
    Row row =
        statements.findRow(
            SELECT + "where alg = $1 and state = 'pending' order by creation_number limit 1", alg);
    return row == null ? null : key(row);
  }

  /** Inserts a key that is to be published before it signs. */
  public SigningKeyRow insertPending(SealedSigningKey key) {
    return insert(key, "pending", "null");
  }

  /** Inserts a key that signs from now on; there must be no other active one. */
  public SigningKeyRow insertActive(SealedSigningKey key) {
    return insert(key, "active", "clock_timestamp()");
  }

  private SigningKeyRow insert(SealedSigningKey key, String state, String since) {
    return key(
        statements.requireRow(
            """
            insert into signing_key (kid, alg, state, public_jwk, private_key, data_key_id,
                                     published_at, activated_at)
            values ($1, $2, $3, $4::text::jsonb, $5, $6, %1$s, %1$s)
            returning kid, alg, state, published_at, activated_at, retired_at, %2$s
            """
                .formatted(since, RowMeta.COLUMNS),
            key.kid(),
            key.alg(),
            state,
            key.publicJwk(),
            key.privateKey(),
            key.dataKeyId()));
  }

  /**
   * Deletes every key for that algorithm.
   *
   * @return their ids
   */
  public List<String> deleteAll(String alg) {
    return statements.query("delete from signing_key where alg = $1 returning kid", alg).stream()
        .map(row -> row.getString("kid"))
        .toList();
  }

  private static SigningKeyRow key(Row row) {
    return new SigningKeyRow(
        row.getString("kid"),
        row.getString("alg"),
        row.getString("state"),
        RowMeta.instant(row.getOffsetDateTime("published_at")),
        RowMeta.instant(row.getOffsetDateTime("activated_at")),
        RowMeta.instant(row.getOffsetDateTime("retired_at")),
        RowMeta.of(row));
  }
}
