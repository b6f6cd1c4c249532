package io.postern.sync;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.postern.crypto.CryptoProvider;
import io.postern.crypto.MasterKeys;
import io.postern.index.GrantIndex;
import io.postern.store.Database;
import io.postern.store.FirstStart;
import io.postern.store.Keyring;
import io.postern.store.Schema;
import io.postern.testing.CapturedLog;
import io.postern.testing.TestGateway;
import io.postern.testing.TestPostgres;
import io.postern.testing.TestRegistry;
import io.vertx.core.Vertx;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class IndexSyncTest {
  private final Vertx vertx = Vertx.vertx();
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
    GrantIndex index = new GrantIndex();
    IndexSync sync = sync(index);
    try (CapturedLog log = CapturedLog.of("io.postern.sync.IndexSync", Level.DEBUG)) {
      long began = System.nanoTime();
      String deployment = deploy(sync);
      while (log.lines().size() < 4) {
        Thread.onSpinWait();
      }
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
    GrantIndex index = new GrantIndex();
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

      while (index.image().findResource("urn:pruned") == null) {
        Thread.onSpinWait();
      }
      assertThat(log.lines()).anyMatch(line -> line.contains("reading everything anew"));
    }
  }

  @Test
  void stop_whileTheDatabaseIsAway_ends() throws Exception {
    execute("alter table feed_head rename to feed_head_away");
    IndexSync sync = sync(new GrantIndex());
    String deployment = deploy(sync);
    vertx.undeploy(deployment).await();
  }

  private IndexSync sync(GrantIndex index) {
    ReplicaPresence presence = TestPresence.of(database);
    TestPresence.deploy(vertx, presence);
    return new IndexSync(
        database, keyring, index, new PublishedRevisions(), presence, TestPresence.MAX_STALENESS);
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
