package io.postern.store.vault;

import io.postern.crypto.Sealed;
import io.postern.provider.ProviderTokenStore;
import io.postern.store.database.Author;
import io.postern.store.database.DatabaseUnavailableException;
import io.postern.store.database.Statements;
import io.postern.store.database.Transactions;
import io.postern.vault.ProviderToken;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Row;
import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The table {@code provider_token}. Each step is one statement; all times are the database's, so
 * that the gateways' clocks do not matter.
 */
public final class ProviderTokenTable implements ProviderTokenStore {
  private static final String COLUMNS =
      """
      version, sealed, data_key_id, token_type, scope, obtained_at, expires_at,
      coalesce(extract(epoch from expires_at - clock_timestamp()), -1)::float8 as remaining
      """;

  private static final String FIRST =
      """
      insert into provider_token (credential_id)
      select credential_id from hosted_credential where credential_id = $1
      on conflict do nothing
      """;

  private static final String LEASE =
      """
      update provider_token
         set lease_holder = $2, lease_until = clock_timestamp() + $3 * interval '1 ms'
       where credential_id = $1
         and (lease_until is null or lease_until <= clock_timestamp() or lease_holder = $2)
      returning true as leased,\s
      """
          + COLUMNS;

  private static final String LOOK =
      "select false as leased, " + COLUMNS + " from provider_token where credential_id = $1";

  private static final String KEEP =
      """
      update provider_token
         set version = version + 1, sealed = $4, data_key_id = $5, token_type = $6, scope = $7,
             obtained_at = clock_timestamp(),
             expires_at = clock_timestamp() + $8 * interval '1 ms',
             lease_holder = null, lease_until = null
       where credential_id = $1 and lease_holder = $2 and version = $3
      returning true as leased,\s
      """
          + COLUMNS;

  private static final String RELEASE =
      """
      update provider_token set lease_holder = null, lease_until = null
       where credential_id = $1 and lease_holder = $2
      """;

  // and the lease, so that what is on its way for the former client is not kept
  private static final String END =
      """
      update provider_token
         set expires_at = case when expires_at > now() then now() else expires_at end,
             lease_holder = null, lease_until = null
       where credential_id = any ($1)
      """;

  private static final Author AUTHOR = new Author("postern", "");

  private final Transactions transactions;
  private final Statements statements;

  public ProviderTokenTable(Transactions transactions) {
    this.transactions = transactions;
    this.statements = transactions.read();
  }

  @Override
  public @Nullable State lease(String credentialId, String holder, Duration life) {
    return available(
        () -> {
          Row row = findRow(credentialId, holder, life);
          if (row == null) {
            // perhaps another gateway does it at the same time
            statements.query(FIRST, credentialId);
            row = findRow(credentialId, holder, life);
          }
          return row == null ? null : state(row);
        });
  }

  private @Nullable Row findRow(String credentialId, String holder, Duration life) {
    Row leased =
        life.isZero()
            ? null
            : statements.findRow(LEASE, credentialId, holder, (double) life.toMillis());
    return leased == null ? statements.findRow(LOOK, credentialId) : leased;
  }

  @Override
  public @Nullable ProviderToken keep(
      String credentialId,
      String holder,
      long version,
      Sealed sealed,
      String tokenType,
      @Nullable String scope,
      Duration life) {
    return available(
        () -> {
          // a change of the index: in the order of all writers
          Row row =
              transactions
                  .write(
                      AUTHOR,
                      transaction ->
                          transaction.query(
                              KEEP,
                              credentialId,
                              holder,
                              version,
                              Buffer.buffer(sealed.bytes()),
                              sealed.dataKeyId(),
                              tokenType,
                              scope,
                              (double) life.toMillis()))
                  .result()
                  .stream()
                  .findFirst()
                  .orElse(null);
          return row == null ? null : state(row).token();
        });
  }

  @Override
  public void release(String credentialId, String holder) {
    available(() -> statements.count(RELEASE, credentialId, holder));
  }

  /**
   * Ends the tokens of clients that have become others, also those that a gateway is getting. Their
   * version stays, since it only ever moves on.
   *
   * @param transaction that changes the clients
   */
  public static void end(Statements transaction, List<String> credentialIds) {
    transaction.query(END, (Object) credentialIds.toArray(String[]::new));
  }

  private static State state(Row row) {
    long version = row.getLong("version");
    ProviderToken token =
        version == 0
            ? null
            : new ProviderToken(
                version,
                new Sealed(row.getString("data_key_id"), row.getBuffer("sealed").getBytes()),
                row.getString("token_type"),
                row.getString("scope"),
                row.getOffsetDateTime("obtained_at").toInstant(),
                row.getOffsetDateTime("expires_at").toInstant());
    long millis = (long) (row.getDouble("remaining") * 1000);
    return new State(version, token, Duration.ofMillis(millis), row.getBoolean("leased"));
  }

  private static <T extends @Nullable Object> T available(Supplier<T> work) {
    try {
      return work.get();
    } catch (DatabaseUnavailableException e) {
      throw new UnavailableException(e);
    }
  }
}
