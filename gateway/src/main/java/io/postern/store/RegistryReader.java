package io.postern.store;

import io.postern.change.Change;
import io.postern.change.ChangeSet;
import io.postern.change.Revision;
import io.postern.client.AssertionAudience;
import io.postern.client.ClientKey;
import io.postern.client.ClientSecret;
import io.postern.client.RegisteredClient;
import io.postern.grant.Grant;
import io.postern.grant.ProtectedResource;
import io.postern.jose.KeyType;
import io.postern.jose.SignatureAlgorithm;
import io.postern.jose.SigningKey;
import io.postern.jose.SigningKeys;
import io.postern.oauth.GrantType;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import io.vertx.sqlclient.Tuple;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the registry for the index, in pages, each reading in one REPEATABLE READ snapshot. The
 * feed says which applications changed; their state is read as it is at the snapshot's revision.
 *
 * <p>On a virtual thread of Vert.x. Everything throws when the database does not answer in time.
 */
public final class RegistryReader {
  private static final int PAGE = 2_000;
  private static final long TIMEOUT_SECONDS = 30;

  /** What became of a reading of the feed. */
  public enum FeedReading {
    /** All changes up to the revision of the last page were handed over. */
    COMPLETE,
    /** The feed does not go on from there; nothing was handed over. */
    SNAPSHOT_NEEDED
  }

  private final SqlClient connection;
  private final Keyring keyring;

  /**
   * @param connection one connection, used by nobody else
   */
  public RegistryReader(SqlClient connection, Keyring keyring) {
    this.connection = connection;
    this.keyring = keyring;
  }

  /** The revision of the last commit. */
  public Revision head() {
    return new Revision(query("select revision from feed_head").getFirst().getLong(0));
  }

  /** Hands over everything, as changes to nothing. Pages carry the same revision. */
  public void readSnapshot(Consumer<ChangeSet> page) {
    begin();
    Revision head = head();
    page.accept(new ChangeSet(head, List.of(readSigningKeys())));
    String last = "";
    while (true) {
      List<String> ids = new ArrayList<>(PAGE);
      for (Row row :
          query("select id from application where id > $1 order by id limit " + PAGE, last)) {
        ids.add(row.getString(0));
      }
      if (ids.isEmpty()) {
        break;
      }
      page.accept(new ChangeSet(head, readApplications(ids)));
      last = ids.getLast();
    }
    commit();
  }

  /** Hands over what changed after a revision. The revision is reached with the last page only. */
  public FeedReading readFeed(Revision after, Consumer<ChangeSet> page) {
    begin();
    Row headRow = query("select revision, pruned_through from feed_head").getFirst();
    Revision head = new Revision(headRow.getLong(0));
    if (!after.includes(new Revision(headRow.getLong(1))) || !head.includes(after)) {
      commit();
      return FeedReading.SNAPSHOT_NEEDED;
    }
    Set<String> applications = new HashSet<>();
    boolean signingKeys = false;
    for (Row row :
        query("select distinct entity, id from change_feed where revision > $1", after.number())) {
      switch (row.getString(0)) {
        case "application" -> applications.add(row.getString(1));
        case "signing_keys" -> signingKeys = true;
        default -> throw new IllegalStateException("unknown entity in the feed");
      }
    }
    List<String> ids = List.copyOf(applications);
    for (int from = 0; from < ids.size(); from += PAGE) {
      List<String> some = ids.subList(from, Math.min(from + PAGE, ids.size()));
      page.accept(new ChangeSet(head, readApplications(some)));
    }
    page.accept(new ChangeSet(head, signingKeys ? List.of(readSigningKeys()) : List.of()));
    commit();
    return FeedReading.COMPLETE;
  }

  private Change readSigningKeys() {
    List<SigningKey> keys = new ArrayList<>();
    for (Row row :
        query(
            """
            select kid, alg, state, public_jwk::text as public_jwk, private_key, data_key_id
              from signing_key order by creation_number\
            """)) {
      keys.add(keyring.open(row));
    }
    return new Change.SigningKeysPut(new SigningKeys(keys));
  }

  private List<Change> readApplications(List<String> ids) {
    String[] wanted = ids.toArray(String[]::new);
    Map<String, List<ClientSecret>> secrets = readSecrets(wanted);
    Map<String, List<ClientKey>> keys = readKeys(wanted);
    Map<String, List<Grant>> grants = readGrants(wanted);
    Set<String> gone = new HashSet<>(ids);
    List<Change> changes = new ArrayList<>(2 * ids.size());
    for (Row row :
        query(
            """
            select id, kind, audience, status, access_token_ttl_seconds, signing_alg, grant_types,
                   assertion_audience
              from application where id = any ($1)\
            """,
            (Object) wanted)) {
      String id = row.getString("id");
      gone.remove(id);
      boolean active = row.getString("status").equals("active");
      String audience = row.getString("audience");
      if (!row.getString("kind").equals("service")) {
        changes.add(
            new Change.ClientPut(
                new RegisteredClient(
                    id,
                    active,
                    grantTypes(row.getArrayOfStrings("grant_types")),
                    assertionAudience(row.getString("assertion_audience")),
                    secrets.getOrDefault(id, List.of()),
                    keys.getOrDefault(id, List.of()),
                    grants.getOrDefault(id, List.of()))));
      }
      if (audience != null) {
        changes.add(new Change.ResourcePut(resource(row, id, audience, active)));
      }
    }
    for (String id : gone) {
      changes.add(new Change.ClientRemoved(id));
      changes.add(new Change.ResourceRemoved(id));
    }
    return changes;
  }

  private Map<String, List<ClientSecret>> readSecrets(String[] ids) {
    Map<String, List<ClientSecret>> secrets = new HashMap<>();
    for (Row row :
        query(
            """
            select client_id, secret_id, data_key_id, hash, expires_at
              from client_secret where client_id = any ($1) order by creation_number\
            """,
            (Object) ids)) {
      secrets
          .computeIfAbsent(row.getString(0), id -> new ArrayList<>(1))
          .add(
              new ClientSecret(
                  row.getString(1),
                  row.getString(2),
                  row.getBuffer(3).getBytes(),
                  instant(row.getOffsetDateTime(4))));
    }
    return secrets;
  }

  private Map<String, List<ClientKey>> readKeys(String[] ids) {
    Map<String, List<ClientKey>> keys = new HashMap<>();
    for (Row row :
        query(
            """
            select client_id, kid, key_type, alg, public_key, expires_at
              from client_key where client_id = any ($1) order by creation_number\
            """,
            (Object) ids)) {
      String alg = row.getString(3);
      keys.computeIfAbsent(row.getString(0), id -> new ArrayList<>(1))
          .add(
              new ClientKey(
                  row.getString(1),
                  KeyType.require(row.getString(2)),
                  alg == null ? null : SignatureAlgorithm.find(alg),
                  row.getBuffer(4).getBytes(),
                  instant(row.getOffsetDateTime(5))));
    }
    return keys;
  }

  private Map<String, List<Grant>> readGrants(String[] ids) {
    Map<String, List<Grant>> grants = new HashMap<>();
    for (Row row :
        query(
            """
            select g.client_id, r.audience, g.scopes, g.expires_at
              from resource_grant g join application r on r.id = g.resource_id
             where g.client_id = any ($1) and r.audience is not null\
            """,
            (Object) ids)) {
      grants
          .computeIfAbsent(row.getString(0), id -> new ArrayList<>(4))
          .add(
              new Grant(
                  row.getString(1),
                  List.of(row.getArrayOfStrings(2)),
                  instant(row.getOffsetDateTime(3))));
    }
    return grants;
  }

  private static ProtectedResource resource(Row row, String id, String audience, boolean active) {
    Integer ttl = row.getInteger("access_token_ttl_seconds");
    String alg = row.getString("signing_alg");
    SignatureAlgorithm algorithm = alg == null ? null : SignatureAlgorithm.find(alg);
    return new ProtectedResource(
        id,
        audience,
        active,
        ttl == null ? ProtectedResource.DEFAULT_ACCESS_TOKEN_TTL_SECONDS : ttl,
        algorithm == null ? ProtectedResource.DEFAULT_SIGNING_ALGORITHM : algorithm);
  }

  private static Set<GrantType> grantTypes(String[] values) {
    Set<GrantType> types = EnumSet.noneOf(GrantType.class);
    for (String value : values) {
      GrantType type = GrantType.find(value);
      if (type != null) {
        types.add(type);
      }
    }
    return types;
  }

  private static AssertionAudience assertionAudience(String value) {
    return value.equals("issuer_or_token_endpoint")
        ? AssertionAudience.ISSUER_OR_TOKEN_ENDPOINT
        : AssertionAudience.ISSUER;
  }

  private static @Nullable Instant instant(@Nullable OffsetDateTime time) {
    return time == null ? null : time.toInstant();
  }

  private void begin() {
    await(connection.query("begin isolation level repeatable read read only").execute());
  }

  private void commit() {
    await(connection.query("commit").execute());
  }

  private List<Row> query(String sql, Object... parameters) {
    List<Row> rows = new ArrayList<>();
    await(connection.preparedQuery(sql).execute(Tuple.from(parameters))).forEach(rows::add);
    return rows;
  }

  private static <T> T await(Future<T> future) {
    return future.timeout(TIMEOUT_SECONDS, TimeUnit.SECONDS).await();
  }
}
