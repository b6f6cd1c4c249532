package io.postern.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What may become of a database server while gateways go on without it. */
class PostgresFaults {
  private static final Duration AWHILE = Duration.ofSeconds(3);
  private static final Duration RECOVERY = Duration.ofSeconds(40);

  private static Stage stage;

  @BeforeAll
  static void start() throws Exception {
    stage = new Stage(Duration.ofSeconds(30), Map.of());
  }

  @AfterAll
  static void stop() throws Exception {
    stage.close();
  }

  @Test
  void server_stoppedAndStarted() throws Exception {
    stage.fault(
        "PostgreSQL stopped",
        () -> {
          stage.postgres().stop();
          stage.letRun(AWHILE);
        },
        stage::startPostgres);
  }

  @Test
  void server_killed() throws Exception {
    stage.fault(
        "PostgreSQL killed",
        () -> {
          stage.postgres().kill();
          stage.letRun(AWHILE);
        },
        stage::startPostgres);
  }

  @Test
  void server_paused() throws Exception {
    stage.fault(
        "PostgreSQL paused for ten seconds",
        () -> {
          stage.postgres().pause();
          stage.letRun(Duration.ofSeconds(10));
        },
        () -> stage.postgres().resume());
  }

  @Test
  void sessions_terminated() throws Exception {
    stage.fault(
        "all sessions terminated, ten times",
        () -> {
          try (Connection connection = stage.database()) {
            for (int i = 0; i < 10; i++) {
              execute(
                  connection,
                  """
                  select pg_terminate_backend(pid) from pg_stat_activity
                   where application_name like 'postern%'\
                  """);
              stage.letRun(Duration.ofMillis(300));
            }
          }
        },
        () -> {});
  }

  @Test
  void failover_toACopyThatHasAll() throws Exception {
    Standby standby = new Standby(stage, "standby-with-all");
    stage.fault(
        "failover to a copy that has all",
        () ->
            stage
                .checker()
                .withoutWrites(
                    () -> {
                      standby.awaitCaughtUp();
                      standby.takeOver();
                    }),
        stage::leadToPrimary);
  }

  @Test
  void failover_toACopyThatLacksTheLastCommits() throws Exception {
    Standby standby = new Standby(stage, "standby-behind");
    stage.fault(
        "failover to a copy that lacks the last commits",
        () -> {
          standby.cutStream();
          stage.letRun(AWHILE);
          standby.takeOver();
        },
        () -> {
          // known to be lost; which ones, the database will say
          stage.checker().withoutWrites(stage.checker().model()::uncertain);
          stage.leadToPrimary();
        });
  }

  @Test
  void failover_toACopyThatHasAsManyOtherCommits() throws Exception {
    Standby standby = new Standby(stage, "standby-with-others");
    stage.fault(
        "failover to a copy with as many other commits",
        () -> {
          standby.cutStream();
          stage.letRun(AWHILE);
          stage
              .checker()
              .withoutWrites(
                  () -> {
                    stage.awaitAllAt(stage.head());
                    stage.fleet().replicas().forEach(replica -> replica.database().cut());
                  });
        },
        () ->
            stage
                .checker()
                .withoutWrites(
                    () -> {
                      long head = stage.head();
                      standby.takeOver();
                      stage.checker().model().uncertain();
                      String last = commitUpTo(head);
                      stage.leadToPrimary();
                      stage
                          .fleet()
                          .replicas()
                          .forEach(replica -> replica.database().mode(TcpProxy.Mode.PASS));
                      assertThat(
                              stage.landmark().awaitSeen(stage.fleet().replicas(), last, RECOVERY))
                          .isTrue();
                    }));
  }

  @Test
  void feed_prunedPastAReplica() throws Exception {
    TcpProxy way = stage.fleet().replica(2).database();
    stage.fault(
        "feed pruned past a replica that is cut off",
        () -> {
          way.cut();
          stage.letRun(AWHILE);
          try (Connection connection = stage.database()) {
            connection.setAutoCommit(false);
            execute(connection, "update feed_head set pruned_through = revision");
            execute(connection, "delete from change_feed");
            execute(
                connection,
                "delete from feed_revision where revision < (select revision from feed_head)");
            connection.commit();
          }
        },
        () -> way.mode(TcpProxy.Mode.PASS));
  }

  private static String commitUpTo(long revision) throws SQLException {
    String last = null;
    while (stage.head() < revision) {
      try (Connection connection = stage.database()) {
        last = stage.landmark().commit(connection);
      }
    }
    assertThat(stage.head()).isEqualTo(revision);
    return last;
  }

  private static void execute(Connection connection, String sql) throws SQLException {
    try (Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
