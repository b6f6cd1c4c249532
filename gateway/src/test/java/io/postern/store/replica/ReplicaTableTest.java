package io.postern.store.replica;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.change.Revision;
import io.postern.store.database.Database;
import io.postern.store.database.Schema;
import io.postern.testing.TestPostgres;
import io.postern.testing.TestRegistry;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReplicaTableTest {
  private static final ReplicaTable.Identity ONE = replica("one");
  private static final ReplicaTable.Identity OTHER = replica("other");

  private final Vertx vertx = Vertx.vertx();
  private Pool pool;
  private Connection connection;
  private ReplicaTable replicas;

  @BeforeEach
  void open() throws SQLException {
    String url = TestPostgres.newDatabase();
    Database database = Database.parse(url);
    new Schema(database).migrate();
    connection = TestRegistry.connect(url);
    pool = database.pool(vertx);
    replicas = new ReplicaTable(pool);
  }

  @AfterEach
  void close() throws SQLException {
    connection.close();
    vertx.close().await();
  }

  @Test
  void acknowledgement_isShown_andTheTimeOfItStaysWhileTheRevisionDoes() throws Exception {
    Revision first = commit();
    replicas.acknowledge(ONE, first, Instant.now());
    ReplicaTable.Replica shown = replicas.live().getFirst();
    assertThat(shown.replicaId()).isEqualTo("one");
    assertThat(shown.host()).isEqualTo("host-of-one");
    assertThat(shown.appliedRevision()).isEqualTo(first.number());
    assertThat(shown.current()).isTrue();
    assertThat(shown.appliedAt()).isAfter(replicas.findCommit(first));

    replicas.acknowledge(ONE, first, Instant.now());
    assertThat(replicas.live().getFirst().appliedAt()).isEqualTo(shown.appliedAt());

    replicas.acknowledge(ONE, commit(), Instant.now());
    assertThat(replicas.live().getFirst().appliedAt()).isAfter(shown.appliedAt());
  }

  @Test
  void allHave_waitsForEveryLiveReplicaThatServes() throws Exception {
    Revision first = commit();
    assertThat(replicas.allHave(first.number())).isTrue();
    replicas.acknowledge(ONE, first, Instant.now());
    replicas.acknowledge(OTHER, first, Instant.now());
    Revision second = commit();
    replicas.acknowledge(ONE, second, Instant.now());

    assertThat(replicas.allHave(first.number())).isTrue();
    assertThat(replicas.allHave(second.number())).isFalse();

    replicas.acknowledge(OTHER, second, Instant.now());
    assertThat(replicas.allHave(second.number())).isTrue();
  }

  @Test
  void startingReplica_isLiveButNotWaitedFor_andServesOnceItHasARevision() throws Exception {
    replicas.acknowledge(ONE, null, Instant.now());
    assertThat(replicas.live()).hasSize(1).noneMatch(ReplicaTable.Replica::serving);
    assertThat(replicas.allHave(Long.MAX_VALUE)).isTrue();

    Revision revision = commit();
    replicas.acknowledge(ONE, revision, Instant.now());
    // as one that was sent before, over another connection
    replicas.acknowledge(ONE, null, Instant.now());
    assertThat(replicas.live()).allMatch(ReplicaTable.Replica::serving);
    assertThat(replicas.allHave(revision.number() + 1)).isFalse();
  }

  @Test
  void replica_isLiveUntilItsMaximalStalenessAndTheMarginArePast() throws Exception {
    replicas.acknowledge(ONE, commit(), Instant.now());
    execute("update replica set seen_at = now() - interval '74 s'");
    assertThat(replicas.live()).hasSize(1);
    assertThat(replicas.live().getFirst().sinceSeen()).isGreaterThan(Duration.ofSeconds(73));

    execute("update replica set seen_at = now() - interval '76 s'");
    assertThat(replicas.live()).isEmpty();
    assertThat(replicas.allHave(Long.MAX_VALUE)).isTrue();

    replicas.acknowledge(ONE, commit(), Instant.now());
    assertThat(replicas.live()).hasSize(1);
  }

  @Test
  void removedReplica_isGone_andOneThatWasLostComesBackByItself() throws Exception {
    Revision revision = commit();
    replicas.acknowledge(ONE, revision, Instant.now());
    replicas.remove(ONE);
    assertThat(replicas.live()).isEmpty();

    replicas.acknowledge(ONE, revision, Instant.now());
    assertThat(replicas.allHave(revision.number())).isTrue();
    assertThat(replicas.live()).hasSize(1);
  }

  @Test
  void numberOfALostHistory_doesNotCount() throws Exception {
    Revision lost = commit();
    replicas.acknowledge(ONE, lost, Instant.now());
    execute("update feed_revision set mark = gen_random_uuid() where revision = " + lost.number());

    assertThat(replicas.live()).noneMatch(ReplicaTable.Replica::current);
    assertThat(replicas.allHave(lost.number())).isFalse();
    assertThat(replicas.findCommit(lost)).isNull();
  }

  private static ReplicaTable.Identity replica(String name) {
    return new ReplicaTable.Identity(
        name, "host-of-" + name, Duration.ofSeconds(60), Duration.ofMinutes(5));
  }

  private Revision commit() throws SQLException {
    execute(
        "insert into application (id, kind, name, audience) values ('%1$s', 'service', 'S', '%1$s')"
            .formatted(UUID.randomUUID()));
    try (Statement statement = connection.createStatement();
        var row = statement.executeQuery("select revision, mark from feed_head")) {
      row.next();
      return new Revision(row.getLong(1), row.getObject(2, UUID.class));
    }
  }

  private void execute(String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
