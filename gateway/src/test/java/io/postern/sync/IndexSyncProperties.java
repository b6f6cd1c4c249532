package io.postern.sync;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.postern.change.Revision;
import io.postern.client.RegisteredClient;
import io.postern.crypto.CryptoProvider;
import io.postern.crypto.MasterKeys;
import io.postern.index.GrantIndex;
import io.postern.index.IndexImage;
import io.postern.store.FirstStart;
import io.postern.store.database.Database;
import io.postern.store.database.Schema;
import io.postern.store.keys.Keyring;
import io.postern.testing.TestGateway;
import io.postern.testing.TestPostgres;
import io.postern.testing.TestRegistry;
import io.vertx.core.Vertx;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** An index that follows the feed shows what one that has just read everything shows. */
class IndexSyncProperties {
  private static Vertx vertx;
  private static Database database;
  private static Keyring keyring;
  private static Connection connection;
  private static Follower follower;

  /** An index with its own sync. */
  private record Follower(
      GrantIndex index, PublishedRevisions published, List<String> deployments) {
    static Follower start() {
      GrantIndex index = new GrantIndex(TestPresence.MAX_STALENESS);
      PublishedRevisions published = new PublishedRevisions();
      ReplicaPresence presence = TestPresence.of(database);
      IndexSync sync =
          new IndexSync(
              database,
              keyring,
              index,
              published,
              presence,
              new SyncMetrics(new SimpleMeterRegistry()));
      List<String> deployments =
          List.of(TestPresence.deploy(vertx, presence), TestPresence.deploy(vertx, sync));
      sync.loaded().await();
      return new Follower(index, published, deployments);
    }

    IndexImage at(Revision revision) {
      assertThat(published.reached(revision, Duration.ofSeconds(20)).toCompletableFuture().join())
          .isTrue();
      return index.image();
    }

    void stop() {
      deployments.reversed().forEach(id -> vertx.undeploy(id).await());
    }
  }

  @BeforeContainer
  static void start() throws SQLException {
    String url = TestPostgres.newDatabase();
    database = Database.parse(url);
    new Schema(database).migrate();
    vertx = Vertx.vertx();
    keyring =
        new FirstStart(MasterKeys.parse(TestGateway.MASTER_KEY), CryptoProvider.best())
            .prepare(database.pool(vertx), TestGateway.ADMIN_SECRET, FirstStart.Seed.NONE)
            .keyring();
    connection = TestRegistry.connect(url);
    connection.setAutoCommit(false);
    follower = Follower.start();
  }

  @AfterContainer
  static void stop() throws SQLException {
    follower.stop();
    connection.close();
    vertx.close().await();
  }

  /** Each number is a statement; each inner list a transaction. */
  @Property(tries = 20, shrinking = ShrinkingMode.OFF)
  void follower_showsWhatAFreshSnapshotShows(
      @ForAll @Size(min = 4, max = 12)
          List<@Size(min = 1, max = 5) List<@IntRange(max = 9_999) Integer>> transactions)
      throws Exception {
    for (List<Integer> choices : transactions) {
      commit(choices);
    }
    Revision head =
        new Revision(Long.parseLong(query("select revision from feed_head").getFirst()));
    Follower fresh = Follower.start();
    try {
      IndexImage followed = follower.at(head);
      IndexImage read = fresh.at(head);
      assertThat(followed.revision().number()).isEqualTo(head.number());
      assertThat(read.revision()).isEqualTo(followed.revision());
      assertThat(describe(followed)).isEqualTo(describe(read));
      assertThat(followed.clientCount()).isEqualTo(clientRows());
    } finally {
      fresh.stop();
    }
  }

  // a statement that a rule of the database refuses takes its whole transaction with it
  private static void commit(List<Integer> choices) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      for (int choice : choices) {
        statement.execute(sql(choice));
      }
      connection.commit();
    } catch (SQLException e) {
      assertThat(e.getSQLState()).as(e.getMessage()).startsWith("23");
      connection.rollback();
    }
  }

  private static String sql(int choice) {
    int n = choice / 20;
    String agent = one("application", "id", "kind = 'agent' and not builtin", n);
    String service = one("application", "id", "kind = 'service' and not builtin", n / 3);
    String any = one("application", "id", "kind in ('agent', 'service') and not builtin", n / 7);
    return switch (choice % 20) {
      case 0, 1, 2 ->
          """
          insert into application (id, kind, name, audience, permission_name, permission_mode)
          select 'agent-' || id, 'agent', 'An agent', '%s' || id, 'Call it', 'auto'
            from (select nextval('creation_number') as id) numbers\
          """
              .formatted(n % 3 == 0 ? "urn:agent:" : "urn:postern:agent:agent-");
      case 3 ->
          """
          insert into application (id, kind, name, audience)
          select 'service-' || id, 'service', 'A service', 'urn:pool:%1$d'
            from (select nextval('creation_number') as id) numbers
           where not exists (select from application where audience = 'urn:pool:%1$d')\
          """
              .formatted(n % 4);
      // an audience changes hands in one transaction
      case 4 ->
          """
          delete from application where audience = 'urn:pool:%1$d';
          insert into application (id, kind, name, audience)
          select 'service-' || id, 'service', 'A service', 'urn:pool:%1$d'
            from (select nextval('creation_number') as id) numbers\
          """
              .formatted(n % 4);
      case 5, 6, 7 ->
          "insert into scope (application_id, value) select %s, 'scope-%d' %s"
              .formatted(any, n % 5, "on conflict do nothing");
      case 8, 9, 10 ->
          """
          insert into resource_grant (client_id, resource_id, scopes)
          select client_id, resource_id, scopes
            from (select %1$s as client_id, %2$s as resource_id,
                         array(select value from scope where application_id = %2$s) as scopes) new
           where client_id <> resource_id and cardinality(scopes) > 0
          on conflict (client_id, resource_id) do update set scopes = excluded.scopes\
          """
              .formatted(agent, any);
      case 11 ->
          "delete from scope where application_id = %s and value = 'scope-%d'"
              .formatted(any, n % 5);
      case 12 ->
          "update scope set value = 'scope-%d' where application_id = %s and value = 'scope-%d'"
              .formatted(n % 3, any, n % 5);
      case 13 ->
          "update application set status = case status when 'active' then 'disabled' else 'active' end where id = %s"
              .formatted(any);
      case 14 ->
          """
          insert into client_secret (secret_id, client_id, hash, data_key_id)
          select 's' || nextval('creation_number'), %s, sha256('%d'), data_key_id
            from data_key where purpose = 'secret_hash'\
          """
              .formatted(n % 3 == 0 ? any : agent, n);
      case 15 ->
          """
          insert into client_key (client_id, kid, thumbprint, key_type, public_key)
          values (%s, 'k%d', 't' || nextval('creation_number'), 'P-256', 'k')\
          """
              .formatted(n % 5 == 0 ? any : agent, n % 4);
      case 16 ->
          "delete from client_secret where client_id = %s".formatted(n % 3 == 0 ? any : agent);
      case 17 ->
          "delete from resource_grant where client_id = %s and resource_id = %s"
              .formatted(agent, any);
      case 18 ->
          "update application set access_token_ttl_seconds = %d, signing_alg = 'RS256' where id = %s"
              .formatted(60 + n, service);
      default -> "delete from application where id = %s".formatted(n % 2 == 0 ? agent : any);
    };
  }

  // one of the last few rows, chosen by a number, or null when there is none
  private static String one(String table, String column, String where, int n) {
    return """
    (select %s from %s where %s order by creation_number
      offset %d %% greatest(1, (select count(*) from %s where %s)) limit 1)\
    """
        .formatted(column, table, where, n, table, where);
  }

  private static Map<String, Object> describe(IndexImage image) throws SQLException {
    Map<String, Object> description = new TreeMap<>();
    for (String id : query("select id from application_id")) {
      RegisteredClient client = image.findClient(id);
      if (client != null) {
        description.put(id, client);
      }
    }
    for (String audience :
        query(
            """
            select audience from application where audience is not null
            union select 'urn:agent:' || substr(id, 7) from application_id where id like 'agent-%'
            union select 'urn:postern:agent:' || id from application_id where id like 'agent-%'
            union select 'urn:pool:' || n from generate_series(0, 3) n\
            """)) {
      description.put(audience, Objects.toString(image.findResource(audience)));
    }
    description.put("counts", image.clientCount() + " " + image.resourceCount());
    description.put("grants", "" + image.countGrants());
    description.put("signing keys", image.signingKeys().jwkSet());
    return description;
  }

  private static int clientRows() throws SQLException {
    return Integer.parseInt(
        query(
                """
                select count(*) from application a
                 where kind <> 'service'
                    or exists (select from client_secret s where s.client_id = a.id)
                    or exists (select from client_key k where k.client_id = a.id)\
                """)
            .getFirst());
  }

  private static List<String> query(String sql) throws SQLException {
    List<String> values = new ArrayList<>();
    try (Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      while (rows.next()) {
        values.add(rows.getString(1));
      }
    }
    connection.commit();
    return values;
  }
}
