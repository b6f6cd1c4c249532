package io.postern.store;

import io.postern.crypto.CryptoProvider;
import io.postern.crypto.MasterKeys;
import io.postern.crypto.SecretHashKey;
import io.postern.jose.SignatureAlgorithm;
import io.postern.store.database.Database;
import io.postern.store.database.Statements;
import io.postern.store.database.Transactions;
import io.postern.store.keys.Keyring;
import io.postern.store.keys.SigningKeyTable;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Transaction;
import io.vertx.sqlclient.Tuple;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a database needs before the first token: data keys, an active signing key for each algorithm
 * and an administrator. Every start makes sure of it, in one transaction.
 */
public final class FirstStart {
  /** The client id of the administrator that a bootstrap secret creates. */
  public static final String ADMINISTRATOR = "postern-admin";

  private static final String HAS_KEYS =
      """
      select (select count(distinct purpose) = 3 from data_key)
         and (select count(*) = %d from signing_key where state = 'active')
      """
          .formatted(SignatureAlgorithm.FOR_TOKENS.size());

  private static final String HAS_ADMINISTRATOR =
      """
      select exists (
        select
          from resource_grant g join application a on a.id = g.client_id
         where g.resource_id = 'postern-admin-api' and 'admin:write' = any (g.scopes)
           and a.status = 'active' and (g.expires_at is null or g.expires_at > now()))
      """;

  private static final String GRANT =
      """
      insert into resource_grant (client_id, resource_id, scopes)
      values ($1, 'postern-admin-api', '{admin:read,admin:write}')
      on conflict (client_id, resource_id)
      do update set scopes = excluded.scopes, expires_at = null
      """;

  private static final List<String> CREATE =
      List.of(
          """
          insert into application (id, kind, name, audience, permission_name, permission_mode)
          values ($1, 'agent', 'Postern administrator', 'urn:postern:agent:' || $1,
                  'Postern administrator', 'auto')
          """,
          "insert into scope (application_id, value) values ($1, 'agent.access')",
          GRANT);

  private static final List<String> RESTORE =
      List.of("update application set status = 'active' where id = $1", GRANT);

  /** What there is to say of administrators after a start. */
  public enum Administrator {
    PRESENT,
    CREATED,
    /** {@value #ADMINISTRATOR} was there without rights, and has them again with the new secret. */
    RESTORED,
    /** There is none, and no bootstrap secret that may make or restore one. */
    MISSING
  }

  /** What the start found or made. */
  public record Result(Keyring keyring, Administrator administrator) {}

  /** Further rows of a new database. */
  @FunctionalInterface
  public interface Seed {
    /** Nothing further. */
    Seed NONE = (transaction, keyring, provider) -> {};

    /** Adds its rows, if they were never added. The transaction holds the feed's head. */
    void plant(SqlConnection transaction, Keyring keyring, CryptoProvider provider);
  }

  private final MasterKeys masterKeys;
  private final CryptoProvider provider;

  public FirstStart(MasterKeys masterKeys, CryptoProvider provider) {
    this.masterKeys = masterKeys;
    this.provider = provider;
  }

  /**
   * Makes sure that all is there. Blocks, so not on an event loop.
   *
   * @param bootstrapSecret the secret of the first administrator, or null for none
   * @throws Keyring.WrongMasterKeyException before anything was changed
   */
  public Result prepare(Pool pool, @Nullable String bootstrapSecret, Seed seed) {
    SqlConnection connection = pool.getConnection().await();
    Database.noteFailures(connection);
    try {
      Transaction transaction = connection.begin().await();
      Result result = prepare(connection, bootstrapSecret, seed);
      transaction.commit().await();
      return result;
    } finally {
      // rolls back what was not committed
      connection.close().await();
    }
  }

  private Result prepare(SqlConnection connection, @Nullable String bootstrapSecret, Seed seed) {
    boolean needsAdministrator = bootstrapSecret != null && !is(connection, HAS_ADMINISTRATOR);
    if (needsAdministrator || !seed.equals(Seed.NONE) || !is(connection, HAS_KEYS)) {
      // one gateway at a time; an ordinary start does not wait for writers
      connection
          .query("select set_config('lock_timeout', '15s', true), " + Transactions.SILENCE_LIMIT)
          .execute()
          .await();
      connection.query("select 1 from feed_head for update").execute().await();
    }
    Statements statements = new Statements(connection);
    connection.query("set local postern.actor = 'postern'").execute().await();
    Keyring keyring = Keyring.open(statements, masterKeys, provider);
    createSigningKeys(statements, keyring);
    Administrator administrator =
        is(connection, HAS_ADMINISTRATOR)
            ? Administrator.PRESENT
            : bootstrapSecret == null
                ? Administrator.MISSING
                : makeAdministrator(
                    connection, keyring.secretHashKeys().getFirst(), bootstrapSecret);
    seed.plant(connection, keyring, provider);
    return new Result(keyring, administrator);
  }

  // The first keys sign at once: no verifier can have cached a JWK Set without them.
  private static void createSigningKeys(Statements statements, Keyring keyring) {
    Set<String> present = new HashSet<>();
    for (Row row : statements.query("select alg from signing_key where state = 'active'")) {
      present.add(row.getString("alg"));
    }
    SigningKeyTable signingKeys = new SigningKeyTable(statements);
    for (SignatureAlgorithm algorithm : SignatureAlgorithm.FOR_TOKENS) {
      if (!present.contains(algorithm.value())) {
        signingKeys.insertActive(keyring.newSigningKey(algorithm));
      }
    }
  }

  private Administrator makeAdministrator(
      SqlConnection connection, SecretHashKey key, String bootstrapSecret) {
    byte[] hash = key.hash(provider, bootstrapSecret);
    boolean exists = is(connection, "select exists (select from application where id = $1)");
    if (!exists && is(connection, "select exists (select from application_id where id = $1)")) {
      return Administrator.MISSING;
    }
    // A secret that it has had does not restore it: it may have lost its rights because of that.
    if (exists && hasSecret(connection, hash)) {
      return Administrator.MISSING;
    }
    for (String statement : exists ? RESTORE : CREATE) {
      connection.preparedQuery(statement).execute(Tuple.of(ADMINISTRATOR)).await();
    }
    connection
        .preparedQuery(
            """
            insert into client_secret (secret_id, client_id, hash, data_key_id, description)
            values ('sec_bootstrap', $1, $2, $3, 'bootstrap')
            on conflict (secret_id)
            do update set hash = excluded.hash, data_key_id = excluded.data_key_id
            """)
        .execute(Tuple.of(ADMINISTRATOR, Buffer.buffer(hash), key.id()))
        .await();
    return exists ? Administrator.RESTORED : Administrator.CREATED;
  }

  private static boolean hasSecret(SqlConnection connection, byte[] hash) {
    return connection
            .preparedQuery("select 1 from client_secret where client_id = $1 and hash = $2")
            .execute(Tuple.of(ADMINISTRATOR, Buffer.buffer(hash)))
            .await()
            .size()
        > 0;
  }

  /** The answer to a query for one boolean, about the administrator or about nothing. */
  private static boolean is(SqlConnection connection, String query) {
    Tuple parameters = query.contains("$1") ? Tuple.of(ADMINISTRATOR) : Tuple.tuple();
    return connection
        .preparedQuery(query)
        .execute(parameters)
        .await()
        .iterator()
        .next()
        .getBoolean(0);
  }
}
