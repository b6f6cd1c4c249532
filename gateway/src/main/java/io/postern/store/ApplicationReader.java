package io.postern.store;

import io.postern.change.Change;
import io.postern.client.AssertionAudience;
import io.postern.client.ClientKey;
import io.postern.client.ClientSecret;
import io.postern.client.RegisteredClient;
import io.postern.grant.Grant;
import io.postern.grant.ProtectedResource;
import io.postern.jose.KeyType;
import io.postern.jose.SignatureAlgorithm;
import io.postern.oauth.GrantType;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads applications with their credentials and grants, for the index: the one way in which they
 * are read, be it for the first snapshot or for a change.
 */
final class ApplicationReader {
  private final Statements statements;

  ApplicationReader(Statements statements) {
    this.statements = statements;
  }

  /** The changes that lead to the present state of these applications; those that are gone, too. */
  List<Change> read(List<String> ids) {
    String[] wanted = ids.toArray(String[]::new);
    Map<String, List<ClientSecret>> secrets = readSecrets(wanted);
    Map<String, List<ClientKey>> keys = readKeys(wanted);
    Map<String, List<Grant>> grants = readGrants(wanted);
    Set<String> gone = new HashSet<>(ids);
    List<Change> changes = new ArrayList<>(2 * ids.size());
    for (Row row :
        statements.query(
            """
            select id, kind, audience, status, access_token_ttl_seconds, signing_alg, grant_types,
                   assertion_audience
              from application where id = any ($1)
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
        statements.query(
            """
            select client_id, secret_id, data_key_id, hash, expires_at
              from client_secret where client_id = any ($1) order by creation_number
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
        statements.query(
            """
            select client_id, kid, key_type, alg, public_key, expires_at
              from client_key where client_id = any ($1) order by creation_number
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
        statements.query(
            """
            select g.client_id, r.audience, g.scopes, g.expires_at
              from resource_grant g join application r on r.id = g.resource_id
             where g.client_id = any ($1) and r.audience is not null
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
}
