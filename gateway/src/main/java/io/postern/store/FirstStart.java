package io.postern.store;

import io.postern.crypto.CryptoProvider;
import io.postern.crypto.MasterKeys;
import io.postern.crypto.SecretHashKey;
import io.postern.jose.SignatureAlgorithm;
import io.postern.jose.SigningKey;
import io.postern.jose.SigningKeyGenerator;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Transaction;
import io.vertx.sqlclient.Tuple;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a database needs before the first token: data keys, an active signing key for each algorithm
 * and an administrator. Every start makes sure of it, in one transaction.
 */
public final class FirstStart {
  /** The algorithms that access tokens are signed with. */
  public static final List<SignatureAlgorithm> SIGNING_ALGORITHMS =
      List.of(
          SignatureAlgorithm.ES256,
          SignatureAlgorithm.RS256,
          SignatureAlgorithm.PS256,
          SignatureAlgorithm.EDDSA);

  /** The client id of the administrator that a bootstrap secret creates. */
  public static final String ADMINISTRATOR = "postern-admin";

  private static final String ADMIN_API = "postern-admin-api";

  /**
   * What the start found or made.
   *
   * @param administratorCreated whether the bootstrap secret was used
   */
  public record Result(Keyring keyring, boolean administratorCreated) {}

  /** The first administrator's id was given and deleted; it is never given again. */
  public static final class AdministratorDeletedException extends RuntimeException {
    private static final long serialVersionUID = 1;

    AdministratorDeletedException() {
      super(
          "there is no administrator, and "
              + ADMINISTRATOR
              + " was deleted; grant admin:write on postern-admin-api to another agent");
    }
  }

  /** Further rows of a new database. */
  @FunctionalInterface
  public interface Seed {
    /** Nothing further. */
    Seed NONE = (transaction, key, provider) -> {};

    /** Adds its rows, if they were never added. The transaction holds the feed's head. */
    void plant(SqlConnection transaction, SecretHashKey key, CryptoProvider provider);
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
    // one gateway at a time
    connection.query("select 1 from feed_head for update").execute().await();
    Keyring keyring = Keyring.open(connection, masterKeys, provider);
    connection.query("set local postern.actor = 'postern'").execute().await();
    createSigningKeys(connection, keyring);
    boolean created =
        bootstrapSecret != null
            && !hasAdministrator(connection)
            && createAdministrator(
                connection, keyring.secretHashKeys().getFirst(), bootstrapSecret);
    seed.plant(connection, keyring.secretHashKeys().getFirst(), provider);
    return new Result(keyring, created);
  }

  // The first keys sign at once: no verifier can have cached a JWK Set without them.
  private void createSigningKeys(SqlConnection connection, Keyring keyring) {
    Set<String> present = new HashSet<>();
    String active = "select alg from signing_key where state = 'active'";
    for (Row row : connection.query(active).execute().await()) {
      present.add(row.getString("alg"));
    }
    SigningKeyGenerator generator = new SigningKeyGenerator(provider);
    for (SignatureAlgorithm algorithm : SIGNING_ALGORITHMS) {
      if (!present.contains(algorithm.value())) {
        keyring.insert(connection, generator.generate(algorithm, SigningKey.State.ACTIVE));
      }
    }
  }

  private static boolean hasAdministrator(SqlConnection connection) {
    return connection
        .preparedQuery(
            """
            select exists (
              select 1
                from resource_grant g join application a on a.id = g.client_id
               where g.resource_id = $1 and 'admin:write' = any (g.scopes)
                 and a.status = 'active' and (g.expires_at is null or g.expires_at > now())
            ) as found
            """)
        .execute(Tuple.of(ADMIN_API))
        .await()
        .iterator()
        .next()
        .getBoolean("found");
  }

  private boolean createAdministrator(
      SqlConnection connection, SecretHashKey key, String bootstrapSecret) {
    List<String> statements = new ArrayList<>();
    if (!exists(connection, "select 1 from application where id = $1")) {
      if (exists(connection, "select 1 from application_id where id = $1")) {
        throw new AdministratorDeletedException();
      }
      statements.add(
          """
          insert into application (id, kind, name, audience, permission_name, permission_mode)
          values ($1, 'agent', 'Postern administrator', 'urn:postern:agent:' || $1,
                  'Postern administrator', 'auto')
          """);
      statements.add("insert into scope (application_id, value) values ($1, 'agent.access')");
    }
    statements.add("update application set status = 'active' where id = $1");
    statements.add(
        """
        insert into resource_grant (client_id, resource_id, scopes)
        values ($1, 'postern-admin-api', '{admin:read,admin:write}')
        on conflict (client_id, resource_id)
        do update set scopes = excluded.scopes, expires_at = null
        """);
    for (String statement : statements) {
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
        .execute(
            Tuple.of(ADMINISTRATOR, Buffer.buffer(key.hash(provider, bootstrapSecret)), key.id()))
        .await();
    return true;
  }

  private static boolean exists(SqlConnection connection, String query) {
    return connection.preparedQuery(query).execute(Tuple.of(ADMINISTRATOR)).await().size() > 0;
  }
}
