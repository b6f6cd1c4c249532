package io.postern.faults;

import io.postern.jose.SignatureAlgorithm;
import io.postern.testing.TestAssertion;
import io.postern.testing.TestKey;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;

/** One client assertion after the other, each sent to all replicas at the same moment. */
final class SameAssertion {
  private static final int SENDERS = 8;
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private final Stage stage;
  private final Model.Service service;
  private final TestKey key = TestKey.generate(SignatureAlgorithm.ES256);
  private final String clientId = "asserting";

  SameAssertion(Stage stage) throws IOException {
    this.stage = stage;
    Replica replica = stage.fleet().replica(0);
    Registration registration = new Registration(replica);
    service = registration.service("asserted", List.of("read"));
    registration.agent(clientId, true, List.of(service));
    new AdminClient()
        .require(
            replica,
            "POST",
            "/agents/" + clientId + "/keys",
            new JsonObject().put("jwk", new JsonObject(key.jwk().toJSONString())));
  }

  /** The statuses that an assertion got, and how many got them. */
  Map<String, Long> send(int assertions) throws Exception {
    Map<String, LongAdder> outcomes = new ConcurrentHashMap<>();
    AtomicInteger left = new AtomicInteger(assertions);
    try (ExecutorService senders = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (int i = 0; i < SENDERS; i++) {
        running.add(
            senders.submit(
                () -> {
                  sendWhile(left, outcomes, senders);
                  return null;
                }));
      }
      for (Future<?> each : running) {
        each.get();
      }
    }
    Map<String, Long> counts = new TreeMap<>();
    outcomes.forEach((outcome, count) -> counts.put(outcome, count.sum()));
    return counts;
  }

  private void sendWhile(
      AtomicInteger left, Map<String, LongAdder> outcomes, ExecutorService executor)
      throws Exception {
    List<HttpLine> lines = new ArrayList<>();
    for (Replica replica : stage.fleet().replicas()) {
      lines.add(new HttpLine(replica.httpPort(), PATIENCE));
    }
    CyclicBarrier atOnce = new CyclicBarrier(lines.size());
    while (left.getAndDecrement() > 0) {
      String form = form(TestAssertion.by(key, clientId, Fleet.ISSUER).sign());
      List<Future<Integer>> answers =
          lines.stream()
              .map(
                  line ->
                      executor.submit(
                          () -> {
                            atOnce.await();
                            return line.exchange(
                                    "POST",
                                    TokenRequest.PATH,
                                    "Content-Type: application/x-www-form-urlencoded\r\n",
                                    form)
                                .status();
                          }))
              .toList();
      List<Integer> statuses = new ArrayList<>();
      for (Future<Integer> answer : answers) {
        statuses.add(answer.get());
      }
      statuses.sort(null);
      outcomes.computeIfAbsent(statuses.toString(), s -> new LongAdder()).increment();
    }
    lines.forEach(HttpLine::close);
  }

  private String form(String assertion) {
    return TokenRequest.form(service.audience())
        + "&client_assertion_type="
        + URLEncoder.encode(TestAssertion.TYPE, StandardCharsets.US_ASCII)
        + "&client_assertion="
        + assertion;
  }
}
