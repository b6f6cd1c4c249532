package io.postern.faults;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * A grant that is changed by plain SQL, to see from outside when the replicas issue by a commit.
 * Confined to one thread.
 */
final class Landmark {
  private static final String CLIENT_ID = "landmark";
  private static final Duration POLL = Duration.ofMillis(5);
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final Model.Service service;
  private final String secret;
  private int count;

  Landmark(Registration registration) throws IOException {
    service = registration.service("landmark", List.of("l0"));
    secret = registration.agent(CLIENT_ID, true, List.of(service)).secrets().getFirst().value();
  }

  /** Commits a new scope and its grant; the scope. */
  String commit(Connection database) throws SQLException {
    String scope = "l" + ++count + "-" + System.nanoTime();
    database.setAutoCommit(false);
    try (PreparedStatement add =
            database.prepareStatement("insert into scope (application_id, value) values (?, ?)");
        PreparedStatement grant =
            database.prepareStatement(
                """
                update resource_grant set scopes = array[?]
                 where client_id = ? and resource_id = ?\
                """)) {
      add.setString(1, service.id());
      add.setString(2, scope);
      add.executeUpdate();
      grant.setString(1, scope);
      grant.setString(2, CLIENT_ID);
      grant.setString(3, service.id());
      grant.executeUpdate();
    }
    database.commit();
    return scope;
  }

  /** Asks a replica for its token. */
  HttpLine.Answer ask(Replica replica) throws IOException {
    return TokenRequest.once(replica, PATIENCE, CLIENT_ID, secret, service.audience());
  }

  /** The same over a connection. */
  HttpLine.Answer ask(HttpLine line) throws IOException {
    return line.exchange(
        "POST",
        TokenRequest.PATH,
        TokenRequest.headers(CLIENT_ID, secret),
        TokenRequest.form(service.audience()));
  }

  /** Asks some replica for its token. */
  HttpLine.Answer ask(Balancer.Client client) throws IOException {
    return client.send(
        "POST",
        TokenRequest.PATH,
        TokenRequest.headers(CLIENT_ID, secret),
        TokenRequest.form(service.audience()));
  }

  /** Whether a replica is ready and issues by that commit. */
  boolean isSeenBy(Replica replica, String scope) {
    try {
      HttpLine.Answer answer = ask(replica);
      return answer.status() == 200
          && Set.of(new JsonObject(answer.body()).getString("scope").split(" ")).contains(scope)
          && replica.isReady();
    } catch (IOException e) {
      return false;
    }
  }

  /** Waits until all replicas are ready and issue by it; false if some did not come to that. */
  boolean awaitSeen(List<Replica> replicas, String scope, Duration atMost) {
    long deadline = System.nanoTime() + atMost.toNanos();
    while (!replicas.stream().allMatch(replica -> isSeenBy(replica, scope))) {
      if (System.nanoTime() > deadline) {
        return false;
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
    return true;
  }
}
