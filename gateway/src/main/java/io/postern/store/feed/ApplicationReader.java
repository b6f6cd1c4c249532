package io.postern.store.feed;

import io.postern.change.Change;
import io.postern.client.ClientKey;
import io.postern.client.ClientSecret;
import io.postern.grant.Grant;
import io.postern.store.database.Statements;
import io.postern.store.keys.Keyring;
import io.postern.vault.CredentialLink;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads some applications with their credentials, grants and links, for the index. Used for one
 * reading, in one snapshot of the database.
 */
final class ApplicationReader {
  private final Statements statements;
  private final SharedValues shared;
  private final IndexRows rows;
  // by id; "" for an application without one
  private final Map<String, String> audiences = new HashMap<>();

  ApplicationReader(Statements statements, SharedValues shared, Keyring keyring) {
    this.statements = statements;
    this.shared = shared;
    this.rows = IndexRows.of(statements, shared, keyring);
  }

  /** The changes that lead to the present state of the applications of these ids. */
  List<Change> read(Set<String> ids) {
    // All at once: PostgreSQL answers one after the other, without a pause between.
    Object wanted = ids.toArray(String[]::new);
    Future<List<Row>> applications =
        statements.start(IndexRows.APPLICATIONS + " where id = any ($1)", wanted);
    Future<List<Row>> secretRows = startOfClients(IndexRows.SECRETS, wanted);
    Future<List<Row>> keyRows = startOfClients(IndexRows.KEYS, wanted);
    Future<List<Row>> grantRows = startOfClients(IndexRows.GRANTS, wanted);
    Future<List<Row>> linkRows = startOfClients(IndexRows.LINKS, wanted);

    Set<String> gone = new HashSet<>(ids);
    List<Row> found = Statements.await(applications);
    Map<String, List<ClientSecret>> secrets = new HashMap<>();
    for (Row row : Statements.await(secretRows)) {
      add(secrets, row, rows.secret(row));
    }
    Map<String, List<ClientKey>> keys = new HashMap<>();
    for (Row row : Statements.await(keyRows)) {
      add(keys, row, rows.key(row));
    }
    Map<String, List<Grant>> grants = readGrants(Statements.await(grantRows));
    Map<String, List<CredentialLink>> links = new HashMap<>();
    for (Row row : Statements.await(linkRows)) {
      add(links, row, rows.link(row));
    }
    List<Change> changes = new ArrayList<>();
    for (Row row : found) {
      String id = IndexRows.id(row);
      gone.remove(id);
      boolean client = !IndexRows.isService(row) || secrets.containsKey(id) || keys.containsKey(id);
      if (!client) {
        // it may have lost its last credential
        changes.add(new Change.ClientRemoved(id));
      }
      rows.put(
          row,
          client,
          secrets.getOrDefault(id, List.of()),
          keys.getOrDefault(id, List.of()),
          grants.getOrDefault(id, List.of()),
          links.getOrDefault(id, List.of()),
          changes::add);
    }
    gone.forEach(id -> changes.add(new Change.ApplicationRemoved(id)));
    return changes;
  }

  private Future<List<Row>> startOfClients(String sql, Object wanted) {
    return statements.start(sql + " where client_id = any ($1)", wanted);
  }

  private Map<String, List<Grant>> readGrants(List<Row> grantRows) {
    findAudiences(grantRows);
    Map<String, List<Grant>> grants = new HashMap<>();
    for (Row row : grantRows) {
      Grant grant = findGrant(row);
      if (grant != null) {
        add(grants, row, grant);
      }
    }
    return grants;
  }

  /** Makes known the audiences of the resources in these grants. */
  private void findAudiences(List<Row> grants) {
    Set<String> unknown = new HashSet<>();
    for (Row row : grants) {
      if (!audiences.containsKey(IndexRows.resourceId(row))) {
        unknown.add(IndexRows.resourceId(row));
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
    of.computeIfAbsent(IndexRows.id(row), clientId -> new ArrayList<>(4)).add(value);
  }

  /** The grant, or null when its resource has no audience. */
  private @Nullable Grant findGrant(Row row) {
    String audience = audiences.get(IndexRows.resourceId(row));
    return audience == null || audience.isEmpty() ? null : rows.findGrant(row, audience);
  }
}
