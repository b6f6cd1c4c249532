package io.postern.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.locks.LockSupport;

/**
 * Many grants in one transaction, and the first and last of them watched at each replica: who sees
 * one of them must see the other.
 */
final class BulkChange {
  private static final Duration LOOK = Duration.ofMillis(5);
  private static final Duration POLL = Duration.ofMillis(10);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final Duration IN_STEP = Duration.ofMinutes(2);

  private final Stage stage;
  private final Model.Service service;
  private final Model.Agent first;
  private final Model.Agent last;
  private final int size;

  BulkChange(Stage stage, int size) throws IOException, SQLException {
    this.stage = stage;
    this.size = size;
    Registration registration = new Registration(stage.fleet().replica(0));
    service = registration.service("bulk", List.of("bulk"));
    first = registration.agent("bulk-first", true, List.of());
    last = registration.agent("bulk-last", true, List.of());
    try (Connection connection = stage.database();
        Statement statement = connection.createStatement()) {
      statement.execute(
          """
          insert into application (id, kind, name)
          select 'bulk-' || n, 'client', 'One of many' from generate_series(2, %d) n\
          """
              .formatted(size - 1));
    }
    // these are changes too; what is measured is the time of the next ones
    try (Connection connection = stage.database()) {
      assertThat(
              stage
                  .landmark()
                  .awaitSeen(
                      stage.fleet().replicas(), stage.landmark().commit(connection), IN_STEP))
          .as("all replicas in step with the applications")
          .isTrue();
    }
  }

  /** Commits it; how long after the commit the last replica had it. */
  Duration commit() throws Exception {
    List<Future<Long>> seen = new ArrayList<>();
    long committed;
    try (Connection connection = stage.database();
        Statement statement = connection.createStatement();
        ExecutorService watchers = Executors.newVirtualThreadPerTaskExecutor()) {
      connection.setAutoCommit(false);
      statement.execute(grant("'" + first.clientId() + "'"));
      assertThat(statement.executeUpdate(grant("'bulk-' || n", size))).isEqualTo(size - 2);
      statement.execute(grant("'" + last.clientId() + "'"));
      for (Replica replica : stage.fleet().replicas()) {
        seen.add(watchers.submit(() -> watch(replica)));
      }
      connection.commit();
      committed = System.nanoTime();
    }
    long whole = committed;
    for (Future<Long> each : seen) {
      whole = Math.max(whole, each.get());
    }
    return Duration.ofNanos(whole - committed);
  }

  private String grant(String clientId) {
    return """
    insert into resource_grant (client_id, resource_id, scopes)
    values (%s, '%s', array['bulk'])\
    """
        .formatted(clientId, service.id());
  }

  private String grant(String clientId, int upTo) {
    return """
    insert into resource_grant (client_id, resource_id, scopes)
    select %s, '%s', array['bulk'] from generate_series(2, %d) n\
    """
        .formatted(clientId, service.id(), upTo - 1);
  }

  /** Asks for one and then for the other, both ways round; when both were there. */
  private long watch(Replica replica) throws IOException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    try (HttpLine line = new HttpLine(replica.httpPort(), PATIENCE)) {
      while (System.nanoTime() < deadline) {
        boolean firstSeen = sees(line, first);
        boolean lastSeen = sees(line, last);
        assertThat(lastSeen || !firstSeen).as("last, where first is seen").isTrue();
        boolean firstSeenAfter = sees(line, first);
        assertThat(firstSeenAfter || !lastSeen).as("first, where last is seen").isTrue();
        if (firstSeen && lastSeen) {
          return System.nanoTime();
        }
        LockSupport.parkNanos(POLL.toNanos());
        // a look, not a load
        LockSupport.parkNanos(LOOK.toNanos());
      }
    }
    throw new IllegalStateException(replica.name() + " does not see the change");
  }

  private boolean sees(HttpLine line, Model.Agent agent) throws IOException {
    return new TokenRequest(agent, agent.secrets().getFirst(), service).send(line).status() == 200;
  }
}
