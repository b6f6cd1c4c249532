package io.postern.faults;

import java.io.IOException;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Asks all replicas for tokens and writes through any of them all the while, and holds every answer
 * against its model of what may be issued.
 */
final class Checker implements AutoCloseable {
  private static final int WRITERS = 2;
  private static final int CLIENTS_OF_A_REPLICA = 2;
  private static final Duration QUIET_WITHIN = Duration.ofSeconds(20);
  private static final Duration POLL = Duration.ofMillis(20);
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private final Fleet fleet;
  private final Model model;
  private final Weather weather;
  private final Judge judge;
  private final KeyCache keys;
  private final Findings findings = new Findings();
  // fair: an audit must get its turn
  private final ReadWriteLock gate = new ReentrantReadWriteLock(true);
  private final List<TokenLoad> clients = new ArrayList<>();
  private final List<WriteLoad> writers = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();

  /** Starts at once. */
  Checker(Fleet fleet, Model model, Weather weather, Random seeds) {
    this.fleet = fleet;
    this.model = model;
    this.weather = weather;
    this.keys = new KeyCache(fleet.replicas());
    this.judge = new Judge(weather, Fleet.ISSUER);
    for (int i = 0; i < CLIENTS_OF_A_REPLICA; i++) {
      for (Replica replica : fleet.replicas()) {
        clients.add(client(replica, new Random(seeds.nextLong())));
      }
    }
    for (int i = 0; i < WRITERS; i++) {
      int number = i;
      List<Model.Agent> agents =
          IntStream.range(0, model.agents().size())
              .filter(n -> n % WRITERS == number)
              .mapToObj(model.agents()::get)
              .filter(agent -> !agent.steady())
              .toList();
      writers.add(
          new WriteLoad(
              fleet.replicas(),
              agents,
              model,
              weather,
              findings,
              new Random(seeds.nextLong()),
              gate.readLock()));
    }
    Stream.<Runnable>concat(clients.stream(), writers.stream())
        .forEach(load -> threads.add(Thread.startVirtualThread(load)));
  }

  private TokenLoad client(Replica replica, Random random) {
    return new TokenLoad(replica, model, judge, weather, keys, findings, random);
  }

  /** Asks a replica for some token, and has the answer judged. */
  void ask(Replica replica) {
    client(replica, new Random()).askOnce();
  }

  Findings findings() {
    return findings;
  }

  Model model() {
    return model;
  }

  /** Does something while no write is on its way. */
  void withoutWrites(Step step) throws Exception {
    gate.writeLock().lock();
    try {
      step.run();
    } finally {
      gate.writeLock().unlock();
    }
  }

  /** Something that may fail. */
  interface Step {
    void run() throws Exception;
  }

  /**
   * Holds the model against the database and every replica against the model, in calm weather: no
   * acknowledged write is lost, and all replicas issue by what there is.
   */
  void audit(Connection database) throws Exception {
    withoutWrites(
        () -> {
          awaitNothingRunning(database);
          model.compare(Rows.read(database)).forEach(lost -> findings.fault("lost: " + lost));
          LockSupport.parkNanos(weather.bound().toNanos());
          model.inForce();
          for (Replica replica : fleet.replicas()) {
            sweep(replica);
          }
        });
  }

  /** What became of a write that nobody answered is only known when nothing runs any more. */
  private static void awaitNothingRunning(Connection database) throws SQLException {
    long deadline = System.nanoTime() + QUIET_WITHIN.toNanos();
    String running =
        """
        select count(*) from pg_stat_activity
         where application_name = 'postern' and state <> 'idle'\
        """;
    try (Statement statement = database.createStatement()) {
      while (true) {
        try (ResultSet row = statement.executeQuery(running)) {
          row.next();
          if (row.getInt(1) == 0) {
            return;
          }
        }
        if (System.nanoTime() > deadline) {
          throw new IllegalStateException("the database is not quiet");
        }
        LockSupport.parkNanos(POLL.toNanos());
      }
    }
  }

  /** Each agent at each service, and each of its secrets. Nothing changes meanwhile. */
  private void sweep(Replica replica) throws IOException {
    try (HttpLine line = new HttpLine(replica.httpPort(), PATIENCE)) {
      for (Model.Agent agent : model.agents()) {
        for (Model.Service service : model.services()) {
          check(replica, line, new TokenRequest(agent, agent.secrets().getFirst(), service));
        }
        for (Model.Secret secret : agent.secrets()) {
          check(replica, line, new TokenRequest(agent, secret, model.services().getFirst()));
        }
      }
    }
  }

  private void check(Replica replica, HttpLine line, TokenRequest request) throws IOException {
    long from = System.nanoTime();
    HttpLine.Answer answer = request.send(line);
    String fault =
        answer.status() == 503
            ? "unavailable in calm weather"
            : judge.fault(request, answer, from, System.nanoTime());
    if (fault != null) {
      findings.fault(
          "%s, %s of %s: %s"
              .formatted(replica.name(), request.secret(), request.agent().clientId(), fault));
    }
  }

  /** Ends all loads and waits for them. */
  @Override
  public void close() {
    clients.forEach(TokenLoad::stop);
    writers.forEach(WriteLoad::stop);
    try {
      for (Thread thread : threads) {
        thread.join();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
