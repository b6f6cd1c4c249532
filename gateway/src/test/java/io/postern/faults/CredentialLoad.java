package io.postern.faults;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.LockSupport;

/**
 * An agent that obtains a hosted credential at replicas, again and again. What it is told is
 * counted by replica. Started and closed by one thread.
 */
final class CredentialLoad implements AutoCloseable {
  private static final Duration PACE = Duration.ofMillis(20);
  private static final Duration TOKEN_LIFE = Duration.ofMinutes(2);

  /** Where one replica is asked. */
  private static final class Lane {
    private final Map<String, LongAdder> told = new ConcurrentHashMap<>();
    private volatile String last = "";
    private String token;
    private long renewAt;
  }

  private final Model.Agent agent;
  private final String identifier;
  private final Map<Replica, Lane> lanes = new ConcurrentHashMap<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private volatile boolean closed;

  CredentialLoad(Model.Agent agent, String identifier) {
    this.agent = agent;
    this.identifier = identifier;
  }

  /** Starts asking these replicas too. */
  void askAt(List<Replica> replicas) {
    for (Replica replica : replicas) {
      Lane lane = new Lane();
      lanes.put(replica, lane);
      var _ = threads.submit(() -> ask(replica, lane));
    }
  }

  /**
   * The last that a replica told: the value, or the status and the problem, or {@code unreachable}.
   */
  String last(Replica replica) {
    return lanes.get(replica).last;
  }

  /** All that a replica told, and how often. */
  Map<String, LongAdder> told(Replica replica) {
    return lanes.get(replica).told;
  }

  private void ask(Replica replica, Lane lane) {
    while (!closed) {
      String told;
      try {
        told = obtain(replica, lane);
      } catch (IOException e) {
        told = "unreachable";
      }
      lane.told.computeIfAbsent(told, ignored -> new LongAdder()).increment();
      lane.last = told;
      LockSupport.parkNanos(PACE.toNanos());
    }
  }

  private String obtain(Replica replica, Lane lane) throws IOException {
    if (lane.token == null || System.nanoTime() > lane.renewAt) {
      lane.token = VaultRequest.token(replica, agent);
      lane.renewAt = System.nanoTime() + TOKEN_LIFE.toNanos();
    }
    HttpLine.Answer answer = VaultRequest.obtain(replica, lane.token, identifier);
    JsonObject json = new JsonObject(answer.body());
    return answer.status() == 200
        ? json.getString("access_token")
        : answer.status() + " " + json.getString("type").replace("urn:postern:problem:", "");
  }

  @Override
  public void close() {
    closed = true;
    threads.close();
  }
}
