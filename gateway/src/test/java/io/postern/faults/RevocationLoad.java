package io.postern.faults;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Agents that get tokens which are then revoked, again and again, at replicas by turns. Once all
 * running replicas have acknowledged a revocation, none may take the token; and none may refuse one
 * that nothing has ended. What must not be is told to the checker's findings. Started and closed by
 * one thread.
 */
final class RevocationLoad implements AutoCloseable {
  private static final int AGENTS = 3;
  private static final String COUNTED = "revocations acknowledged";

  private final List<Replica> replicas;
  private final Findings findings;
  private final String identifier;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private volatile boolean closed;
  private final ReadWriteLock gate = new ReentrantReadWriteLock();

  /**
   * @param name of what it registers
   */
  RevocationLoad(Stage stage, String name) throws IOException {
    this.replicas = stage.fleet().replicas();
    this.findings = stage.checker().findings();
    this.identifier = name;
    AdminClient admin = new AdminClient();
    String id =
        admin
            .require(
                replicas.getFirst(),
                "POST",
                "/credentials",
                new JsonObject()
                    .put("name", name)
                    .put("identifier", name)
                    .put("business_type", "llm")
                    .put("api_key", "sk-of-the-faults"))
            .getString("credential_id");
    for (int i = 0; i < AGENTS; i++) {
      Model.Agent agent =
          new Registration(replicas.getFirst()).agent(name + "-" + i, true, List.of());
      admin.require(
          replicas.getFirst(),
          "PUT",
          "/agents/" + agent.clientId() + "/credentials/" + id + "?wait=all&timeout=PT10S",
          new JsonObject().put("access", new JsonArray().add("obtain")));
      int turn = i;
      var _ = threads.submit(() -> run(agent, turn));
    }
  }

  /** How many have been acknowledged. */
  long acknowledged() {
    return findings.counted(COUNTED);
  }

  /**
   * Revokes nothing until it goes on, so that a copy of the database has all that was acknowledged.
   * Returns when nothing is on its way.
   */
  void pause() {
    gate.writeLock().lock();
  }

  /** To be called by whoever paused it. */
  void goOn() {
    gate.writeLock().unlock();
  }

  private void run(Model.Agent agent, int firstTurn) {
    AdminClient admin = new AdminClient();
    // what became of the last revocation is not known
    boolean uncertain = false;
    for (int turn = firstTurn; !closed; turn++) {
      Replica replica = replicas.get(turn % replicas.size());
      try {
        String token = VaultRequest.token(replica, agent);
        if (!uncertain) {
          expect(agent, token, 200);
        }
        uncertain = true;
        if (isRevoked(admin, agent, replica)) {
          uncertain = false;
          findings.count(COUNTED);
          expect(agent, token, 401);
        }
      } catch (IOException e) {
        rest();
      } catch (RuntimeException e) {
        findings.fault("the load of revocations fails: " + e);
        rest();
      }
    }
  }

  /** Whether all replicas have acknowledged it; otherwise nobody knows. */
  private boolean isRevoked(AdminClient admin, Model.Agent agent, Replica replica)
      throws IOException {
    gate.readLock().lock();
    try {
      admin.authenticate(replica);
      HttpLine.Answer answer =
          admin.send(
              replica,
              "POST",
              "/revocations?wait=all&timeout=PT10S",
              "{\"agent\": \"%s\"}".formatted(agent.clientId()));
      return answer.status() == 201;
    } finally {
      gate.readLock().unlock();
    }
  }

  private void expect(Model.Agent agent, String token, int expected) {
    int other = expected == 200 ? 401 : 200;
    for (Replica replica : replicas) {
      try {
        int status = VaultRequest.obtain(replica, token, identifier).status();
        if (status == other) {
          findings.fault(
              "%s says %d, not %d, to a token of %s"
                  .formatted(replica.name(), status, expected, agent.clientId()));
        }
      } catch (IOException e) {
        // it is away
      }
    }
  }

  private static void rest() {
    try {
      TimeUnit.MILLISECONDS.sleep(50);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed = true;
    threads.close();
  }
}
