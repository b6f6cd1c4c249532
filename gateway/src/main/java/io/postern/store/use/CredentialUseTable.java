package io.postern.store.use;

import io.postern.client.CredentialUses.Credential;
import io.postern.store.database.DatabaseUnavailableException;
import io.postern.store.database.RowMeta;
import io.postern.store.database.Statements;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.SqlClient;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The tables {@code client_secret_use} and {@code client_key_use}: when credentials were used. */
public final class CredentialUseTable {
  private static final int PORTION = 1_000;

  // The row of the credential is locked, as it may be about to go; in one order, so that gateways
  // which write at the same time wait for each other and do not deadlock.
  private static final String SECRETS =
      """
      insert into client_secret_use (secret_id, last_used_at)
      select s.secret_id, u.used_at
        from unnest($1::text[], $2::bytea[], $3::timestamptz[]) u (client_id, hash, used_at)
        join client_secret s on s.client_id = u.client_id and s.hash = u.hash
       order by s.secret_id for key share of s
      on conflict (secret_id) do update set last_used_at = excluded.last_used_at
       where client_secret_use.last_used_at < excluded.last_used_at
      """;

  private static final String KEYS =
      """
      insert into client_key_use (client_id, kid, last_used_at)
      select k.client_id, k.kid, u.used_at
        from unnest($1::text[], $2::text[], $3::timestamptz[]) u (client_id, kid, used_at)
        join client_key k on k.client_id = u.client_id and k.kid = u.kid
       order by k.client_id, k.kid for key share of k
      on conflict (client_id, kid) do update set last_used_at = excluded.last_used_at
       where client_key_use.last_used_at < excluded.last_used_at
      """;

  private final Statements statements;

  public CredentialUseTable(SqlClient client) {
    this.statements = new Statements(client);
  }

  /**
   * Writes uses, those that are newer than what is there, in portions. On a virtual thread.
   *
   * @throws DatabaseUnavailableException when PostgreSQL does not answer; some may be written
   */
  public void write(Map<Credential, Instant> uses) {
    Portion secrets = new Portion(SECRETS);
    Portion keys = new Portion(KEYS);
    uses.forEach(
        (credential, usedAt) -> {
          switch (credential) {
            case Credential.Secret used ->
                secrets.add(used.clientId(), Buffer.buffer(used.secret().hash()), usedAt);
            case Credential.Key used -> keys.add(used.clientId(), used.kid(), usedAt);
          }
        });
    secrets.write();
    keys.write();
  }

  /** Some uses on their way into one table. */
  private final class Portion {
    private final String statement;
    private final List<String> clientIds = new ArrayList<>();
    private final List<Object> credentials = new ArrayList<>();
    private final List<OffsetDateTime> times = new ArrayList<>();

    Portion(String statement) {
      this.statement = statement;
    }

    void add(String clientId, Object credential, Instant usedAt) {
      clientIds.add(clientId);
      credentials.add(credential);
      times.add(RowMeta.offset(usedAt));
      if (times.size() == PORTION) {
        write();
      }
    }

    void write() {
      if (!times.isEmpty()) {
        statements.query(
            statement,
            clientIds.toArray(String[]::new),
            credentials.getFirst() instanceof Buffer
                ? credentials.toArray(Buffer[]::new)
                : credentials.toArray(String[]::new),
            times.toArray(OffsetDateTime[]::new));
        clientIds.clear();
        credentials.clear();
        times.clear();
      }
    }
  }
}
