package io.postern.sync;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.micrometer.core.instrument.Timer;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import io.postern.crypto.CryptoProvider;
import io.postern.crypto.MasterKeys;
import io.postern.index.GrantIndex;
import io.postern.store.FirstStart;
import io.postern.store.database.Database;
import io.postern.store.database.Schema;
import io.postern.store.keys.Keyring;
import io.postern.testing.CapturedLog;
import io.postern.testing.TestGateway;
import io.postern.testing.TestPostgres;
import io.postern.testing.TestRegistry;
import io.vertx.core.Vertx;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class IndexSyncTest {
  private static final Duration SOON = Duration.ofSeconds(20);

  private final Vertx vertx = Vertx.vertx();
  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();
  private String url;
  private Database database;
  private Keyring keyring;

  @BeforeEach
  void migrate() {
    url = TestPostgres.newDatabase();
    database = Database.parse(url);
    new Schema(database).migrate();
    keyring =
        new FirstStart(MasterKeys.parse(TestGateway.MASTER_KEY), CryptoProvider.best())
            .prepare(database.pool(vertx), null, FirstStart.Seed.NONE)
            .keyring();
  }

  @AfterEach
  void close() {
    vertx.close().await();
  }

  // Each cycle gets a connection and then fails: 100, 200 and 400 ms lie between the first four.
  @Test
  void failingCycles_waitLongerEachTime_andTheSyncRecovers() throws Exception {
    execute("alter table feed_head rename to feed_head_away");
    GrantIndex index = new GrantIndex(TestPresence.MAX_STALENESS);
    IndexSync sync = sync(index);
    try (CapturedLog log = CapturedLog.of("io.postern.sync.IndexSync", Level.DEBUG)) {
      long began = System.nanoTime();
      String deployment = deploy(sync);
      await(() -> log.lines().size() >= 4);
      assertThat(Duration.ofNanos(System.nanoTime() - began)).isGreaterThan(Duration.ofMillis(700));
      assertThat(index.isLoaded()).isFalse();

      execute("alter table feed_head_away rename to feed_head");
      sync.loaded().await();
      assertThat(index.isLoaded()).isTrue();
      vertx.undeploy(deployment).await();
    }
  }

  @Test
  void feedPrunedPastTheImage_bringsANewSnapshot() throws Exception {
    GrantIndex index = new GrantIndex(TestPresence.MAX_STALENESS);
    IndexSync sync = sync(index);
    try (CapturedLog log = CapturedLog.of("io.postern.sync.IndexSync", Level.WARN);
        Connection writer = TestRegistry.connect(url);
        Statement statement = writer.createStatement()) {
      deploy(sync);
      sync.loaded().await();
      writer.setAutoCommit(false);
      statement.execute(
          "insert into application (id, kind, name, audience)"
              + " values ('pruned', 'service', 'Pruned', 'urn:pruned')");
      statement.execute("delete from change_feed");
      statement.execute("update feed_head set pruned_through = revision");
      writer.commit();

      await(() -> index.image().findResource("urn:pruned") != null);
      assertThat(log.lines()).anyMatch(line -> line.contains("pruned past revision"));
    }
  }

  @Test
  void eachRevision_isMeasuredFromItsCommit_butNoSnapshotIs() throws Exception {
    execute(insertService("before"));
    GrantIndex index = new GrantIndex(TestPresence.MAX_STALENESS);
    IndexSync sync = sync(index);
    deploy(sync);
    sync.loaded().await();
    Timer timer = metrics.get("postern.sync.commit.to.visible").timer();
    assertThat(timer.count()).isZero();

    execute(insertService("one"));
    await(() -> timer.count() >= 1);
    // many revisions that come at once, each 30 s old
    execute(
        """
        set local session_replication_role = replica;
        insert into feed_revision
          select h.revision + n, gen_random_uuid(), now() - interval '30 s'
            from feed_head h, generate_series(1, 3000) n;
        update feed_head set revision = f.revision, mark = f.mark
          from (select * from feed_revision order by revision desc limit 1) f;
        notify postern_feed;
        """);
    await(() -> timer.count() >= 3_001);
    assertThat(timer.count()).isEqualTo(3_001);
    assertThat(timer.totalTime(TimeUnit.SECONDS)).isBetween(3_000 * 30.0, 3_000 * 45.0);
    assertThat(timer.max(TimeUnit.SECONDS)).isBetween(30.0, 45.0);
  }

  /** A copy of the database that has lost the last commit, and what became of it since. */
  @ParameterizedTest
  @CsvSource({"0, head_went_back", "1, history_rewritten", "2, history_rewritten"})
  void lostHistory_bringsANewSnapshot(int revisionsSince, String cause) throws Exception {
    execute(insertService("kept"));
    execute(insertService("lost"));
    GrantIndex index = new GrantIndex(TestPresence.MAX_STALENESS);
    IndexSync sync = sync(index);
    try (CapturedLog log = CapturedLog.of("io.postern.sync.IndexSync", Level.WARN)) {
      deploy(sync);
      sync.loaded().await();
      assertThat(index.image().findResource("urn:lost")).isNotNull();
      // in one transaction, and past the triggers
      execute(
          """
          set local session_replication_role = replica;
          delete from application where id = 'lost';
          delete from change_feed where revision = (select revision from feed_head);
          delete from feed_revision where revision = (select revision from feed_head);
          update feed_head set revision = f.revision, mark = f.mark
            from (select * from feed_revision order by revision desc limit 1) f;
          """
              + IntStream.range(0, revisionsSince)
                  .mapToObj(
                      n ->
                          """
                          update feed_head set revision = revision + 1, mark = gen_random_uuid();
                          insert into feed_revision select revision, mark, now() from feed_head;
                          insert into application (id, kind, name, audience, creation_number,
                                                   created_at, updated_at, revision)
                            select 'since-%1$d', 'service', 'S', 'urn:since-%1$d', 1000 + %1$d,
                                   now(), now(), revision from feed_head;
                          """
                              .formatted(n))
                  .collect(Collectors.joining()));

      await(() -> index.image().findResource("urn:lost") == null);
      assertThat(index.image().findResource("urn:kept")).isNotNull();
      for (int i = 0; i < revisionsSince; i++) {
        assertThat(index.image().findResource("urn:since-" + i)).isNotNull();
      }
      assertThat(log.lines()).anyMatch(line -> line.contains("has lost commits"));
      // counted after it is visible
      await(() -> snapshots(cause) > 0);
      assertThat(snapshots(cause)).isEqualTo(1);
    }
  }

  private double snapshots(String cause) {
    return metrics.get("postern.sync.snapshots").tag("cause", cause).counter().count();
  }

  // who waits for all gateways would not wait for this one
  @Test
  void gatewayThatTheDatabaseDoesNotKnow_isNotConfirmed() throws Exception {
    execute("alter table replica rename to replica_away");
    GrantIndex index = new GrantIndex(TestPresence.MAX_STALENESS);
    IndexSync sync = sync(index);
    try (CapturedLog log = CapturedLog.of("io.postern.sync.IndexSync", Level.DEBUG)) {
      deploy(sync);
      await(() -> log.lines().size() >= 3);
      assertThat(sync.loaded().isComplete()).isFalse();
      assertThat(index.staleness(System.nanoTime())).isEqualTo(GrantIndex.NEVER_CONFIRMED);

      execute("alter table replica_away rename to replica");
      sync.loaded().await();
      assertThat(index.staleness(System.nanoTime())).isLessThan(TestPresence.MAX_STALENESS);
    }
  }

  @Test
  void stop_whileTheDatabaseIsAway_ends() throws Exception {
    execute("alter table feed_head rename to feed_head_away");
    IndexSync sync = sync(new GrantIndex(TestPresence.MAX_STALENESS));
    String deployment = deploy(sync);
    vertx.undeploy(deployment).await();
  }

  private static void await(BooleanSupplier condition) {
    long until = System.nanoTime() + SOON.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("in time").isLessThan(until);
      Thread.onSpinWait();
    }
  }

  private static String insertService(String id) {
    return "insert into application (id, kind, name, audience)"
        + " values ('%1$s', 'service', 'A service', 'urn:%1$s')".formatted(id);
  }

  private IndexSync sync(GrantIndex index) {
    ReplicaPresence presence = TestPresence.of(database);
    TestPresence.deploy(vertx, presence);
    return new IndexSync(
        database, keyring, index, new PublishedRevisions(), presence, new SyncMetrics(metrics));
  }

  private String deploy(IndexSync sync) {
    return TestPresence.deploy(vertx, sync);
  }

  private void execute(String sql) throws Exception {
    try (Connection connection = TestRegistry.connect(url);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
