package io.postern.store.feed;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.change.Change;
import io.postern.change.ChangeSet;
import io.postern.change.Revision;
import io.postern.crypto.CryptoProvider;
import io.postern.crypto.MasterKeys;
import io.postern.store.FirstStart;
import io.postern.store.database.Database;
import io.postern.store.database.Schema;
import io.postern.store.database.Transactions;
import io.postern.store.feed.RegistryReader.FeedReading;
import io.postern.store.keys.Keyring;
import io.postern.store.replica.ReplicaTable;
import io.postern.testing.TestGateway;
import io.postern.testing.TestPostgres;
import io.postern.testing.TestRegistry;
import io.vertx.core.Vertx;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FeedPruningTest {
  private static final Duration RETENTION = Duration.ofHours(1);
  private static final int PORTION = 2;
  private static final ReplicaTable.Identity REPLICA =
      new ReplicaTable.Identity("one", "host", Duration.ofSeconds(60), Duration.ofSeconds(60));

  private final Vertx vertx = Vertx.vertx();
  private String url;
  private Connection connection;
  private ReplicaTable replicas;
  private FeedPruning pruning;
  private PgConnection own;
  private RegistryReader reader;

  @BeforeEach
  void open() throws SQLException {
    url = TestPostgres.newDatabase();
    Database database = Database.parse(url);
    new Schema(database).migrate();
    connection = TestRegistry.connect(url);
    Pool pool = database.pool(vertx);
    Keyring keyring =
        new FirstStart(MasterKeys.parse(TestGateway.MASTER_KEY), CryptoProvider.best())
            .prepare(pool, null, FirstStart.Seed.NONE)
            .keyring();
    replicas = new ReplicaTable(pool);
    pruning = new FeedPruning(new Transactions(pool), RETENTION, PORTION);
    own = database.connect(vertx, "test").await();
    reader = new RegistryReader(own, new SharedValues(), keyring, PORTION);
  }

  @AfterEach
  void close() throws SQLException {
    own.close().await();
    connection.close();
    vertx.close().await();
  }

  @Test
  void oldRevisions_areForgotten_andAReaderThereGoesOn() throws Exception {
    Revision past = commit("past", 1);
    Revision last = commit("last", 5);
    makeAllOld();
    commit("young", 1);

    assertThat(pruning.run()).isGreaterThanOrEqualTo(6);

    assertThat(number("select pruned_through from feed_head")).isEqualTo(last.number());
    assertThat(number("select min(revision) from change_feed")).isEqualTo(last.number() + 1);
    assertThat(number("select min(revision) from feed_revision")).isEqualTo(last.number());
    assertThat(changesAfter(last)).containsExactly("young-1");
    assertThat(reader.readFeed(past, page -> {})).isEqualTo(FeedReading.FEED_PRUNED);
    assertThat(pruning.run()).isZero();
  }

  @Test
  void whatALiveReplicaHasNotApplied_stays() throws Exception {
    Revision applied = commit("applied", 1);
    replicas.acknowledge(REPLICA, applied, Instant.now());
    commit("missing", 1);
    makeAllOld();

    pruning.run();
    assertThat(number("select pruned_through from feed_head")).isEqualTo(applied.number());
    assertThat(changesAfter(applied)).containsExactly("missing-1");

    execute("update replica set seen_at = now() - interval '76 s'");
    pruning.run();
    assertThat(number("select pruned_through from feed_head")).isEqualTo(applied.number() + 1);
  }

  // it goes on from a revision that nobody knows yet
  @Test
  void replicaThatReadsEverything_keepsAll() throws Exception {
    Revision before = reader.head();
    Revision old = commit("old", 1);
    makeAllOld();
    replicas.acknowledge(REPLICA, null, Instant.now());
    pruning.run();
    assertThat(changesAfter(before)).contains("old-1");

    replicas.remove(REPLICA);
    replicas.acknowledge(REPLICA, new Revision(reader.head().number()), Instant.now());
    assertThat(replicas.live()).noneMatch(ReplicaTable.Replica::current);
    pruning.run();
    assertThat(changesAfter(before)).contains("old-1");

    replicas.acknowledge(REPLICA, reader.head(), Instant.now());
    pruning.run();
    assertThat(number("select pruned_through from feed_head")).isEqualTo(old.number());
  }

  @Test
  void pruningWhileTheFeedIsRead_takesNothingFromTheReader() throws Exception {
    Revision before = reader.head();
    commit("many", 9);
    makeAllOld();
    List<String> read = new ArrayList<>();
    FeedReading reading =
        reader.readFeed(
            before,
            page -> {
              if (read.isEmpty()) {
                assertThat(pruning.run()).isGreaterThanOrEqualTo(9);
              }
              read.addAll(resources(page));
            });
    assertThat(reading).isEqualTo(FeedReading.COMPLETE);
    assertThat(read).hasSize(9);
  }

  @Test
  void anotherGatewayAboutIt_isNotWaitedFor() throws Exception {
    commit("old", 1);
    makeAllOld();
    connection.setAutoCommit(false);
    execute("select pg_advisory_xact_lock(" + FeedPruning.LOCK + ")");
    assertThat(pruning.run()).isZero();
    connection.commit();
    assertThat(pruning.run()).isPositive();
  }

  @Test
  void deadReplicas_areForgottenAfterAnHour_notBefore() throws Exception {
    replicas.acknowledge(REPLICA, reader.head(), Instant.now());
    execute("update replica set seen_at = now() - interval '59 min'");
    pruning.run();
    assertThat(number("select count(*) from replica")).isOne();
    execute("update replica set seen_at = now() - interval '61 min'");
    pruning.run();
    assertThat(number("select count(*) from replica")).isZero();
  }

  private List<String> changesAfter(Revision revision) {
    List<String> ids = new ArrayList<>();
    assertThat(reader.readFeed(revision, page -> ids.addAll(resources(page))))
        .isEqualTo(FeedReading.COMPLETE);
    return ids;
  }

  // A service is told of as a client too.
  private static List<String> resources(ChangeSet page) {
    return page.changes().stream()
        .filter(Change.ResourcePut.class::isInstance)
        .map(change -> ((Change.ResourcePut) change).resource().id())
        .toList();
  }

  private Revision commit(String name, int services) throws SQLException {
    execute(
        """
        insert into application (id, kind, name, audience)
          select '%1$s-' || n, 'service', 'S', 'urn:%1$s:' || n from generate_series(1, %2$d) n\
        """
            .formatted(name, services));
    return reader.head();
  }

  private void makeAllOld() throws SQLException {
    execute("update feed_revision set committed_at = committed_at - interval '61 min'");
  }

  private long number(String sql) throws SQLException {
    try (Statement statement = connection.createStatement();
        ResultSet row = statement.executeQuery(sql)) {
      row.next();
      return row.getLong(1);
    }
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
