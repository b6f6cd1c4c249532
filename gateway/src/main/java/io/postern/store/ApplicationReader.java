package io.postern.store;

import io.postern.change.Change;
import io.postern.client.AssertionAudience;
import io.postern.client.ClientKey;
import io.postern.client.ClientSecret;
import io.postern.client.ClientSettings;
import io.postern.client.RegisteredClient;
import io.postern.grant.AgentAudience;
import io.postern.grant.Expiry;
import io.postern.grant.Grant;
import io.postern.grant.ProtectedResource;
import io.postern.grant.TokenPolicy;
import io.postern.jose.KeyType;
import io.postern.jose.SignatureAlgorithm;
import io.postern.oauth.GrantType;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
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
 * are read, be it for the first snapshot or for a change. Used for one reading, in one snapshot of
 * the database.
 */
final class ApplicationReader {
  private final Statements statements;
  private final SharedValues shared;
  // by id; "" for an application without one
  private final Map<String, String> audiences = new HashMap<>();

  /** Which applications are read; those that are wanted by their ids may be gone. */
  private record Selection(String condition, List<String> wanted, List<Object> parameters) {
    String sql(String statement, String idColumn) {
      return statement.replace(":selected", condition.formatted(idColumn));
    }
  }

  /** The rows of some applications, on their way. */
  record Asked(
      List<String> wanted,
      Future<List<Row>> applications,
      Future<List<Row>> secrets,
      Future<List<Row>> keys,
      Future<List<Row>> grants) {}

  /** The rows of some applications. */
  record Rows(
      List<String> wanted,
      List<Row> applications,
      List<Row> secrets,
      List<Row> keys,
      List<Row> grants) {}

  ApplicationReader(Statements statements, SharedValues shared) {
    this.statements = statements;
    this.shared = shared;
  }

  /** Asks for the applications whose ids lie after the first and up to the last. */
  Asked ask(String after, String last) {
    return ask(new Selection("%1$s > $1 and %1$s <= $2", List.of(), List.of(after, last)));
  }

  /** Asks for the applications of these ids. */
  Asked ask(List<String> ids) {
    return ask(new Selection("%s = any ($1)", ids, List.of((Object) ids.toArray(String[]::new))));
  }

  // All at once: PostgreSQL answers one after the other, without a pause between.
  private Asked ask(Selection selection) {
    return new Asked(
        selection.wanted(),
        start(
            selection,
            "id",
            """
            select id, kind, audience, status, access_token_ttl_seconds, signing_alg, grant_types,
                   assertion_audience
              from application where :selected
            """),
        start(
            selection,
            "client_id",
            """
            select client_id, data_key_id, hash, expires_at
              from client_secret where :selected order by client_id, creation_number
            """),
        start(
            selection,
            "client_id",
            """
            select client_id, kid, key_type, alg, public_key, expires_at
              from client_key where :selected order by client_id, creation_number
            """),
        start(
            selection,
            "client_id",
            """
            select client_id, resource_id, array_to_string(scopes, ' '), expires_at
              from resource_grant where :selected order by client_id, resource_id
            """));
  }

  private Future<List<Row>> start(Selection selection, String idColumn, String statement) {
    return statements.start(selection.sql(statement, idColumn), selection.parameters().toArray());
  }

  /** Waits for the rows, in the order in which they were asked for. */
  Rows await(Asked asked) {
    Rows rows =
        new Rows(
            asked.wanted,
            Statements.await(asked.applications),
            Statements.await(asked.secrets),
            Statements.await(asked.keys),
            Statements.await(asked.grants));
    findAudiences(rows.grants);
    return rows;
  }

  /** The changes that lead to the present state of the applications. */
  List<Change> changes(Rows rows) {
    Map<String, List<ClientSecret>> secrets = new HashMap<>();
    for (Row row : rows.secrets) {
      add(secrets, row, secret(row));
    }
    Map<String, List<ClientKey>> keys = new HashMap<>();
    for (Row row : rows.keys) {
      add(keys, row, key(row));
    }
    Map<String, List<Grant>> grants = new HashMap<>();
    for (Row row : rows.grants) {
      Grant grant = findGrant(row);
      if (grant != null) {
        add(grants, row, grant);
      }
    }
    Set<String> gone = new HashSet<>(rows.wanted);
    List<Change> changes = new ArrayList<>();
    for (Row row : rows.applications) {
      String id = row.getString(0);
      gone.remove(id);
      String audience = row.getString(2);
      boolean isService = row.getString(1).equals("service");
      boolean isAgentAudience =
          !isService && audience != null && id.equals(AgentAudience.findId(audience));
      if (!isService) {
        List<ClientSecret> itsSecrets = secrets.getOrDefault(id, List.of());
        changes.add(
            new Change.ClientPut(
                new RegisteredClient(
                    id,
                    settings(row, itsSecrets, isAgentAudience),
                    itsSecrets,
                    keys.getOrDefault(id, List.of()),
                    grants.getOrDefault(id, List.of()))));
      }
      if (audience != null && !isAgentAudience) {
        changes.add(
            new Change.ResourcePut(
                new ProtectedResource(
                    id, shared.audience(audience), isActive(row), tokenPolicy(row))));
      }
    }
    gone.forEach(id -> changes.add(new Change.ApplicationRemoved(id)));
    return changes;
  }

  /** Makes known the audiences of the resources in these grants. */
  private void findAudiences(List<Row> grants) {
    Set<String> unknown = new HashSet<>();
    for (Row row : grants) {
      if (!audiences.containsKey(row.getString(1))) {
        unknown.add(row.getString(1));
      }
    }
    if (!unknown.isEmpty()) {
      String sql = "select id, coalesce(audience, '') from application where id = any ($1)";
      for (Row row : statements.query(sql, (Object) unknown.toArray(String[]::new))) {
        audiences.put(row.getString(0), shared.audience(row.getString(1)));
      }
    }
  }

  private static <T> void add(Map<String, List<T>> of, Row row, T value) {
    of.computeIfAbsent(row.getString(0), clientId -> new ArrayList<>(4)).add(value);
  }

  /** The grant, or null when its resource has no audience. */
  private @Nullable Grant findGrant(Row row) {
    String audience = audiences.get(row.getString(1));
    return audience == null || audience.isEmpty()
        ? null
        : shared.grant(
            new Grant(audience, shared.scopes(row.getString(2)), expiry(row.getOffsetDateTime(3))));
  }

  private static ClientSecret secret(Row row) {
    return new ClientSecret(
        row.getString(1), row.getBuffer(2).getBytes(), expiry(row.getOffsetDateTime(3)));
  }

  private static ClientKey key(Row row) {
    String alg = row.getString(3);
    return new ClientKey(
        row.getString(1),
        KeyType.require(row.getString(2)),
        alg == null ? null : SignatureAlgorithm.find(alg),
        row.getBuffer(4).getBytes(),
        expiry(row.getOffsetDateTime(5)));
  }

  private ClientSettings settings(Row row, List<ClientSecret> secrets, boolean isAgentAudience) {
    return shared.settings(
        new ClientSettings(
            isActive(row),
            grantTypes(row.getArrayOfStrings(6)),
            assertionAudience(row.getString(7)),
            secrets.stream().map(ClientSecret::hashKeyId).distinct().toList(),
            isAgentAudience ? tokenPolicy(row) : null));
  }

  private static boolean isActive(Row row) {
    return row.getString(3).equals("active");
  }

  private static TokenPolicy tokenPolicy(Row row) {
    Integer ttl = row.getInteger(4);
    String alg = row.getString(5);
    SignatureAlgorithm algorithm = alg == null ? null : SignatureAlgorithm.find(alg);
    return new TokenPolicy(
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

  private static long expiry(@Nullable OffsetDateTime time) {
    return Expiry.micros(time == null ? null : time.toInstant());
  }
}
