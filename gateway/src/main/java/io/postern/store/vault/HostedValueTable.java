package io.postern.store.vault;

import io.postern.crypto.Sealed;
import io.postern.store.database.RowMeta;
import io.postern.store.database.Statements;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** The table {@code hosted_value}. Sealed values go in; who is to open them reads the feed. */
public final class HostedValueTable {
  private final Statements statements;

  public HostedValueTable(Statements statements) {
    this.statements = statements;
  }

  /** Inserts a value, which is the present one from now on. */
  public void insert(String credentialId, String valueId, Sealed sealed) {
    statements.query(
        """
        insert into hosted_value (value_id, credential_id, sealed, data_key_id)
        values ($1, $2, $3, $4)
        """,
        valueId,
        credentialId,
        Buffer.buffer(sealed.bytes()),
        sealed.dataKeyId());
  }

  /**
   * Ends the values that there are.
   *
   * @param keepUntil when; null for now. What ends before that does so
   */
  public void end(String credentialId, @Nullable Instant keepUntil) {
    if (keepUntil != null) {
      statements.query(
          "update hosted_value set expires_at = $2"
              + " where credential_id = $1 and (expires_at is null or expires_at > $2)",
          credentialId,
          RowMeta.offset(keepUntil));
    }
    statements.query(
        "delete from hosted_value where credential_id = $1 and ($2 or expires_at <= now())",
        credentialId,
        keepUntil == null);
  }

  public void delete(String credentialId, String valueId) {
    statements.query(
        "delete from hosted_value where credential_id = $1 and value_id = $2",
        credentialId,
        valueId);
  }

  /** Lets the newest value, which has become the present one again, have no end. */
  public void keepNewest(String credentialId) {
    statements.query(
        """
        update hosted_value set expires_at = null
         where value_id = (select value_id from hosted_value where credential_id = $1
                            order by creation_number desc limit 1)
           and expires_at is not null
        """,
        credentialId);
  }
}
