package io.postern.faults;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * Draws lines by SQL, of one agent after the other, and asks where tokens are looked at, each
 * millisecond, until the token of before is refused. Confined to one thread.
 */
final class RevocationWatch implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final long PAUSE = TimeUnit.MILLISECONDS.toNanos(1);

  /** Somebody who looks at tokens. */
  @FunctionalInterface
  interface Doorkeeper {
    boolean refuses(String token) throws Exception;
  }

  private final Replica issuer;
  private final List<Model.Agent> agents;
  private final String audience;
  private final List<Doorkeeper> doorkeepers;
  private final Latencies took;
  private final Connection connection;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  /**
   * @param agents enough that each is revoked once in a second at most
   * @param revocations how many there will be
   */
  RevocationWatch(
      Stage stage,
      List<Model.Agent> agents,
      String audience,
      List<Doorkeeper> doorkeepers,
      int revocations)
      throws SQLException {
    this.issuer = stage.fleet().replica(0);
    this.agents = agents;
    this.audience = audience;
    this.doorkeepers = doorkeepers;
    this.took = new Latencies(revocations * doorkeepers.size());
    this.connection = stage.database();
  }

  /** Of each doorkeeper and revocation, from the commit. */
  Latencies took() {
    return took;
  }

  /** Gets a token, which is good everywhere, and revokes it. */
  void revoke(int turn) throws Exception {
    Model.Agent agent = agents.get(turn % agents.size());
    String token = TokenRequest.token(issuer, agent, audience);
    for (Doorkeeper doorkeeper : doorkeepers) {
      if (doorkeeper.refuses(token)) {
        throw new IllegalStateException("a token is refused that nothing has ended");
      }
    }
    draw(agent);
    long committed = System.nanoTime();
    List<Future<?>> refused = new ArrayList<>();
    for (Doorkeeper doorkeeper : doorkeepers) {
      refused.add(threads.submit(() -> awaitRefused(doorkeeper, token, committed)));
    }
    for (Future<?> each : refused) {
      each.get();
    }
  }

  private Void awaitRefused(Doorkeeper doorkeeper, String token, long committed) throws Exception {
    while (!doorkeeper.refuses(token)) {
      if (System.nanoTime() - committed > PATIENCE.toNanos()) {
        throw new IllegalStateException("a revoked token is accepted");
      }
      LockSupport.parkNanos(PAUSE);
    }
    took.add(System.nanoTime() - committed);
    return null;
  }

  private void draw(Model.Agent agent) throws SQLException {
    try (PreparedStatement statement =
        connection.prepareStatement(
            """
            insert into not_before_line (kind, id, not_before, ends_at, revocation_id)
            values ('client', ?, not_before_now(), not_before_end(), revocation_id())
            on conflict (line) do update set not_before = excluded.not_before\
            """)) {
      statement.setString(1, agent.clientId());
      statement.executeUpdate();
    }
  }

  @Override
  public void close() throws SQLException {
    threads.close();
    connection.close();
  }
}
