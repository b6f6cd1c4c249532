package io.postern.bench.load;

import io.postern.crypto.CryptoProvider;
import io.postern.crypto.SecretHashKey;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import javax.crypto.Mac;
import org.postgresql.PGConnection;

/**
 * Writes a fleet into a registry, past the triggers, which would take hours for a million agents,
 * and past the checks of single values: the triggers' work on ids, numbers, times and the revision
 * is done here, in the same transaction. There is no audit of it, and the change feed counts as
 * pruned up to it, so that a gateway which runs already reads a new snapshot.
 */
final class Seeder {
  private static final String STAMP = ", creation_number, created_at, updated_at, revision)";

  private final Fleet fleet;
  private final AgentKeys keys;
  private final SecretHashKey hashKey;
  private final Mac mac;
  private final Consumer<String> progress;
  private final String now = Instant.now().toString();
  private long creationNumber;
  private long revision;

  /**
   * @param hashKey keys the secrets' hashes
   * @param progress is told what is done
   */
  Seeder(
      Fleet fleet,
      AgentKeys keys,
      SecretHashKey hashKey,
      CryptoProvider provider,
      Consumer<String> progress) {
    this.fleet = fleet;
    this.keys = keys;
    this.hashKey = hashKey;
    this.mac = hashKey.newMac(provider);
    this.progress = progress;
  }

  /** Writes all of it in one transaction, into a registry that has none of it yet. */
  void seed(Connection connection) throws SQLException {
    long began = System.nanoTime();
    PGConnection postgres = connection.unwrap(PGConnection.class);
    connection.setAutoCommit(false);
    try (Statement statement = connection.createStatement()) {
      statement.execute("set local session_replication_role = replica");
      revision =
          number(
              statement,
              """
              with head as (
                update feed_head
                   set revision = revision + 1, pruned_through = revision + 1,
                       mark = gen_random_uuid()
                returning revision, mark)
              insert into feed_revision (revision, mark, committed_at)
              select revision, mark, now() from head
              returning revision\
              """);
      creationNumber = number(statement, "select nextval('creation_number')");
      List<String> checks = RowChecks.drop(statement);
      writeServices(postgres);
      writeAgents(postgres);
      writeCredentials(postgres);
      writeGrants(postgres);
      for (String check : checks) {
        statement.execute(check);
      }
      statement.execute("select setval('creation_number', " + creationNumber + ")");
      connection.commit();
      connection.setAutoCommit(true);
      statement.execute("analyze");
    }
    progress.accept(
        "seeded %,d agents in %d s"
            .formatted(fleet.agents(), Duration.ofNanos(System.nanoTime() - began).toSeconds()));
  }

  private void writeServices(PGConnection postgres) throws SQLException {
    CopyStream applications =
        new CopyStream(postgres, "application (id, kind, name, audience, signing_alg" + STAMP);
    for (int i = 0; i < fleet.services(); i++) {
      stamped(
          applications,
          fleet.serviceId(i),
          "service",
          "Service " + i,
          fleet.audience(i),
          fleet.algorithm(i).value());
    }
    applications.end();
    CopyStream ids = new CopyStream(postgres, "application_id (id)");
    for (int i = 0; i < fleet.services(); i++) {
      ids.row(fleet.serviceId(i));
    }
    ids.end();
    CopyStream scopes = new CopyStream(postgres, "scope (application_id, value" + STAMP);
    for (int i = 0; i < fleet.services(); i++) {
      for (String scope : fleet.scopes()) {
        stamped(scopes, fleet.serviceId(i), scope);
      }
    }
    scopes.end();
  }

  private void writeAgents(PGConnection postgres) throws SQLException {
    CopyStream applications =
        new CopyStream(
            postgres,
            "application (id, kind, name, audience, permission_name, permission_mode" + STAMP);
    for (int i = 0; i < fleet.agents(); i++) {
      String id = fleet.clientId(i);
      String name = "Agent " + i;
      stamped(applications, id, "agent", name, "urn:postern:agent:" + id, name, "auto");
      report("agents", i);
    }
    applications.end();
    CopyStream ids = new CopyStream(postgres, "application_id (id)");
    for (int i = 0; i < fleet.agents(); i++) {
      ids.row(fleet.clientId(i));
    }
    ids.end();
    CopyStream scopes = new CopyStream(postgres, "scope (application_id, value" + STAMP);
    for (int i = 0; i < fleet.agents(); i++) {
      stamped(scopes, fleet.clientId(i), "agent.access");
    }
    scopes.end();
  }

  private void writeCredentials(PGConnection postgres) throws SQLException {
    CopyStream secrets =
        new CopyStream(postgres, "client_secret (secret_id, client_id, hash, data_key_id" + STAMP);
    for (int i = 0; i < fleet.agents(); i++) {
      byte[] hash = mac.doFinal(fleet.secret(i).getBytes(StandardCharsets.US_ASCII));
      stamped(secrets, "sec_%07d".formatted(i), fleet.clientId(i), hash, hashKey.id());
      report("secrets", i);
    }
    secrets.end();
    CopyStream publicKeys =
        new CopyStream(
            postgres, "client_key (client_id, kid, thumbprint, key_type, public_key" + STAMP);
    for (int i = 0; i < fleet.agents(); i++) {
      AgentKeys.AgentKey key = keys.of(i);
      stamped(publicKeys, fleet.clientId(i), key.kid(), key.kid(), "P-256", key.publicKey());
      report("keys", i);
    }
    publicKeys.end();
  }

  private void writeGrants(PGConnection postgres) throws SQLException {
    String[][] scopeSets = new String[fleet.services()][Fleet.SCOPE_SETS];
    for (int service = 0; service < scopeSets.length; service++) {
      for (int set = 0; set < Fleet.SCOPE_SETS; set++) {
        scopeSets[service][set] = "{" + String.join(",", fleet.scopesOf(service, set)) + "}";
      }
    }
    CopyStream grants =
        new CopyStream(postgres, "resource_grant (client_id, resource_id, scopes" + STAMP);
    for (int i = 0; i < fleet.agents(); i++) {
      for (int grant = 0; grant < Fleet.GRANTS; grant++) {
        int service = fleet.service(i, grant);
        String scopes = scopeSets[service][fleet.scopeSet(i, grant)];
        stamped(grants, fleet.clientId(i), fleet.serviceId(service), scopes);
      }
      report("agents with grants", i);
    }
    grants.end();
  }

  private void stamped(CopyStream copy, Object... values) throws SQLException {
    Object[] row = new Object[values.length + 4];
    System.arraycopy(values, 0, row, 0, values.length);
    row[values.length] = ++creationNumber;
    row[values.length + 1] = now;
    row[values.length + 2] = now;
    row[values.length + 3] = revision;
    copy.row(row);
  }

  private void report(String what, int done) {
    if (done > 0 && done % 250_000 == 0) {
      progress.accept("seeding: %,d %s".formatted(done, what));
    }
  }

  private static long number(Statement statement, String sql) throws SQLException {
    try (ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }
}
