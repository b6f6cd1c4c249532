package io.postern.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.IntStream;

/** Restarts one replica after the other while clients ask for tokens through a balancer. */
final class RollingRestart {
  private static final int CLIENTS = 8;

  /** What came of it: how many requests were sent, and what the first failures were. */
  record Result(int requests, List<String> failures) {}

  private RollingRestart() {}

  /** Sends that many requests or, if the restarts take longer, more. */
  static Result run(Stage stage, int atLeast) throws Exception {
    List<String> failures = new CopyOnWriteArrayList<>();
    AtomicInteger sent = new AtomicInteger();
    AtomicBoolean restarted = new AtomicBoolean();
    try (Balancer balancer = new Balancer(stage.fleet().replicas())) {
      stage.fault(
          "rolling restart under load",
          () -> {
            List<Thread> clients =
                IntStream.range(0, CLIENTS)
                    .mapToObj(
                        ignored ->
                            Thread.startVirtualThread(
                                () -> {
                                  try (Balancer.Client client = balancer.new Client()) {
                                    while (!restarted.get() || sent.get() < atLeast) {
                                      ask(stage, client, failures);
                                      sent.incrementAndGet();
                                    }
                                  }
                                }))
                    .toList();
            for (Replica replica : stage.fleet().replicas()) {
              replica.process().terminate();
              assertThat(replica.process().awaitExit()).isZero();
              replica.start();
              replica.awaitReady();
              while (!balancer.uses(replica)) {
                LockSupport.parkNanos(10_000_000);
              }
            }
            restarted.set(true);
            for (Thread client : clients) {
              client.join();
            }
          },
          () -> {});
    }
    FaultReport.line(
        "rolling restart: %d failed of %d requests".formatted(failures.size(), sent.get()));
    return new Result(sent.get(), failures);
  }

  private static void ask(Stage stage, Balancer.Client client, List<String> failures) {
    try {
      HttpLine.Answer answer = stage.landmark().ask(client);
      if (answer.status() != 200) {
        failures.add(answer.toString());
      }
    } catch (IOException e) {
      failures.add(e.toString());
    }
  }
}
