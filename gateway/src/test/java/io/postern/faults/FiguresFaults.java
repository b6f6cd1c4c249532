package io.postern.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What three replicas do at once, and how long it takes. */
class FiguresFaults {
  private static final double[] BOUNDS = {0.01, 0.02, 0.05, 0.1, 0.2};
  private static final int WRITES = 1_000;
  private static final int UNLINKS = 200;
  private static final int CHANGES = 100_000;
  private static final int ASSERTIONS = 10_000;
  private static final Duration ROTATION = Duration.ofSeconds(60);
  private static final Duration KEY_SET_LIFE = Duration.ofSeconds(2);

  private static Stage stage;

  @BeforeAll
  static void start() throws Exception {
    stage =
        new Stage(
            Duration.ofSeconds(30),
            Map.of("POSTERN_JWKS_MAX_AGE", KEY_SET_LIFE.toString(), "POSTERN_DRAIN_DELAY", "PT1S"));
  }

  @AfterAll
  static void stop() throws Exception {
    stage.close();
  }

  /** The client's view: from the request until every replica has told that it goes by the write. */
  @Test
  void write_isInForceEverywhereSoon() throws Exception {
    Replica replica = stage.fleet().replica(0);
    Registration registration = new Registration(replica);
    Model.Service service = registration.service("measured", List.of("a", "b"));
    Model.Agent agent = registration.agent("measured", true, List.of(service));
    String path = "/agents/" + agent.clientId() + "/grants/" + service.id();
    AdminClient admin = new AdminClient();
    Latencies took = new Latencies(WRITES);
    Map<Replica, double[]> before;
    try (PacedLoad load = new PacedLoad(stage)) {
      before = lags();
      for (int i = 0; i < WRITES; i++) {
        JsonArray scopes = new JsonArray().add(i % 2 == 0 ? "a" : "b");
        long began = System.nanoTime();
        admin.require(
            replica,
            "PUT",
            path + "?wait=all&timeout=PT10S",
            new JsonObject().put("scopes", scopes));
        took.add(System.nanoTime() - began);
      }
      FaultReport.line(
          "write until all replicas go by it, at %d tokens a second: %s"
              .formatted(load.rate(), took));
      assertThat(load.failed()).isZero();
    }
    Map<Replica, double[]> after = lags();
    before.forEach(
        (each, then) ->
            FaultReport.line(
                "%s, commit to visible: %s".formatted(each.name(), shares(then, after.get(each)))));
    assertThat(took.quantile(0.99)).isLessThan(Duration.ofSeconds(1));
  }

  private static String name(double bound) {
    return "postern_sync_commit_to_visible_seconds_bucket{le=\"%s\"}".formatted(bound);
  }

  /** How many commits each replica has seen within each bound. */
  private static Map<Replica, double[]> lags() throws IOException {
    Map<Replica, double[]> lags = new LinkedHashMap<>();
    for (Replica replica : stage.fleet().replicas()) {
      double[] within = new double[BOUNDS.length + 1];
      for (int i = 0; i < BOUNDS.length; i++) {
        within[i] = replica.metric(name(BOUNDS[i]));
      }
      within[BOUNDS.length] = replica.metric("postern_sync_commit_to_visible_seconds_count");
      lags.put(replica, within);
    }
    return lags;
  }

  private static String shares(double[] before, double[] after) {
    double all = after[BOUNDS.length] - before[BOUNDS.length];
    return IntStream.range(0, BOUNDS.length)
        .mapToObj(
            i ->
                "%.1f %% within %.0f ms"
                    .formatted(100 * (after[i] - before[i]) / all, BOUNDS[i] * 1000))
        .collect(Collectors.joining(", "));
  }

  @Test
  void unlink_thatIsAcknowledged_isInForceEverywhere() throws Exception {
    Replica replica = stage.fleet().replica(0);
    Model.Agent agent = new Registration(replica).agent("linked", true, List.of());
    AdminClient admin = new AdminClient();
    JsonObject key =
        admin.require(
            replica,
            "POST",
            "/credentials",
            new JsonObject()
                .put("name", "Key")
                .put("identifier", "key")
                .put("business_type", "llm")
                .put("api_key", "sk-of-the-figures"));
    String path =
        "/agents/linked/credentials/" + key.getString("credential_id") + "?wait=all&timeout=PT10S";
    JsonObject link = new JsonObject().put("access", new JsonArray().add("obtain"));
    admin.require(replica, "PUT", path, link);
    String token = VaultRequest.token(replica, agent);
    Latencies took = new Latencies(UNLINKS);
    for (int i = 0; i < UNLINKS; i++) {
      admin.require(replica, "PUT", path, link);
      assertObtained(token, 200);
      long began = System.nanoTime();
      assertThat(admin.send(replica, "DELETE", path, "").status()).isEqualTo(204);
      took.add(System.nanoTime() - began);
      assertObtained(token, 404);
    }
    FaultReport.line("unlink until all replicas go by it: " + took);
    assertThat(took.quantile(0.99)).isLessThan(Duration.ofSeconds(1));
  }

  private static void assertObtained(String token, int status) throws IOException {
    for (Replica replica : stage.fleet().replicas()) {
      assertThat(VaultRequest.obtain(replica, token, "key").status()).isEqualTo(status);
    }
  }

  @Test
  void manyChanges_inOneTransaction_areSeenWholeAndSoon() throws Exception {
    BulkChange[] change = new BulkChange[1];
    Duration[] took = new Duration[1];
    stage.fault(
        CHANGES + " changes in one transaction",
        () -> {
          change[0] = new BulkChange(stage, CHANGES);
          took[0] = change[0].commit();
        },
        () -> {});
    FaultReport.line(
        "%d changes in one transaction: seen by all replicas %d ms after the commit"
            .formatted(CHANGES, took[0].toMillis()));
    assertThat(took[0]).isLessThan(Duration.ofSeconds(5));
  }

  @Test
  void sameAssertion_atAllReplicasAtOnce_isAcceptedOnce() throws Exception {
    Map<String, Long> outcomes = new SameAssertion(stage).send(ASSERTIONS);
    FaultReport.line("same assertion at all replicas at once: " + outcomes);
    assertThat(outcomes).containsExactly(Map.entry("[200, 401, 401]", (long) ASSERTIONS));
  }

  /** The checker's verifier keeps the key set as long as it may, and asks for no key before. */
  @Test
  void rotation_underLoad_failsNoToken() throws Exception {
    KeyCache cache = new KeyCache(stage.fleet().replicas());
    for (int i = 0; i < 3; i++) {
      String kid = new SigningKeyWatch(stage).rotate();
      int verified = 0;
      String signer = null;
      long deadline = System.nanoTime() + ROTATION.toNanos();
      long until = Long.MAX_VALUE;
      while (System.nanoTime() < until) {
        assertThat(System.nanoTime()).as("the new key does not sign").isLessThan(deadline);
        for (Replica replica : stage.fleet().replicas()) {
          String token =
              new JsonObject(stage.landmark().ask(replica).body()).getString("access_token");
          assertThat(cache.verifies(token)).as("a token of " + replica.name()).isTrue();
          verified++;
          signer = SigningKeyWatch.kidOf(token);
        }
        if (signer.equals(kid) && until == Long.MAX_VALUE) {
          until = System.nanoTime() + KEY_SET_LIFE.multipliedBy(2).toNanos();
        }
      }
      FaultReport.line("rotation to %s: %d tokens verified".formatted(kid, verified));
    }
    assertThat(stage.checker().findings().takeFaults()).isEmpty();
  }
}
