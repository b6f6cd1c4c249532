package io.postern.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import io.postern.testing.TestProvider;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Hosted OAuth clients whose provider, database or replica fails while a token is renewed. */
class CredentialFaults {
  private static final String TOLD = "token-\\d+";
  private static final String UNAVAILABLE = "50[23] (provider-.*|token-not-kept)";
  private static final Duration AWHILE = Duration.ofSeconds(3);

  /** A lease, a pause between attempts, and some. */
  private static final Duration RECOVERY = Duration.ofSeconds(45);

  private static Stage stage;
  private static Model.Agent agent;
  private static int made;

  private final AdminClient admin = new AdminClient();
  private TestProvider provider;

  /** What a provider may do in place of answering. */
  static List<Arguments> failures() {
    return List.of(
        Arguments.of("says 500", TestProvider.text(500, "oops")),
        Arguments.of("sends garbage", TestProvider.text(200, "\u0000{]")),
        Arguments.of("cuts in the middle", (TestProvider.Answer) CredentialFaults::cutInTheMiddle),
        Arguments.of(
            "says nothing",
            (TestProvider.Answer) (exchange, number) -> stage.letRun(Duration.ofSeconds(11))));
  }

  private static void cutInTheMiddle(HttpExchange exchange, int number) throws IOException {
    exchange.sendResponseHeaders(200, 500);
    exchange
        .getResponseBody()
        .write("{\"access_token\": \"half".getBytes(StandardCharsets.US_ASCII));
  }

  @BeforeAll
  static void start() throws Exception {
    stage =
        new Stage(
            Duration.ofSeconds(30),
            Map.of("POSTERN_RELAY_NETWORKS", "127.0.0.1", "POSTERN_RELAY_ALLOW_HTTP", "true"));
    agent = new Registration(stage.fleet().replica(0)).agent("holder", true, List.of());
  }

  @AfterAll
  static void stop() throws Exception {
    stage.close();
  }

  @BeforeEach
  void startProvider() throws Exception {
    provider = TestProvider.start();
  }

  @AfterEach
  void stopProvider() {
    provider.close();
  }

  @Test
  void replica_killedInARenewal() throws Exception {
    Replica victim = stage.fleet().replica(0);
    CountDownLatch over = new CountDownLatch(1);
    try (CredentialLoad load = renewalHeldAt(victim, over)) {
      stage.outage(
          "a replica killed while it renews a provider's token",
          () -> {
            victim.kill();
            over.countDown();
            provider.answer(TestProvider.tokens(3600));
            await("the next token", () -> restTells(load, victim, "token-3"));
          },
          () -> {
            victim.start();
            victim.awaitReady();
          });
      await("the next token everywhere", () -> allTell(load, "token-3"));
      // what was kept has served until then
      for (Replica other : others(victim)) {
        assertThat(load.told(other)).containsOnlyKeys("token-1", "token-3");
      }
      assertThat(provider.asked()).hasSize(3);
    }
  }

  @Test
  void replica_pausedInARenewal_itsTokenIsNotUsed() throws Exception {
    Replica paused = stage.fleet().replica(1);
    CountDownLatch over = new CountDownLatch(1);
    try (CredentialLoad load = renewalHeldAt(paused, over)) {
      stage.outage(
          "a replica paused while it renews a provider's token",
          () -> {
            paused.pause();
            provider.answer(TestProvider.tokens(3600));
            await("the next token", () -> restTells(load, paused, "token-3"));
            over.countDown();
          },
          paused::resume);
      await("the next token everywhere", () -> allTell(load, "token-3"));
      stage.letRun(AWHILE);
      for (Replica replica : stage.fleet().replicas()) {
        assertThat(load.last(replica)).isEqualTo("token-3");
        assertThat(load.told(replica)).doesNotContainKey("token-2");
      }
    }
  }

  @ParameterizedTest
  @MethodSource("failures")
  void provider_fails(String what, TestProvider.Answer failure) throws Exception {
    String kept = linkedClient();
    try (CredentialLoad keptLoad = loadOnAll(kept)) {
      await("a token everywhere", () -> allTell(keptLoad, TOLD));
      int asked = provider.asked().size();
      provider.answer(failure);
      String empty = linkedClient();
      try (CredentialLoad load = loadOnAll(empty)) {
        stage.fault(
            "the provider " + what,
            () -> {
              dueForRenewal(kept, 60);
              await("a failure everywhere", () -> allTell(load, UNAVAILABLE));
              stage.letRun(AWHILE);
              // two credentials, three replicas, two attempts each, again after one and two seconds
              assertThat(provider.asked().size() - asked).as("requests").isBetween(2, 36);
            },
            () -> {
              provider.answer(TestProvider.tokens(3600));
              await("a token everywhere", () -> allTell(load, TOLD));
            });
        for (Replica replica : stage.fleet().replicas()) {
          assertThat(keptLoad.told(replica).keySet()).allMatch(told -> told.matches(TOLD));
          assertThat(load.told(replica).keySet())
              .allMatch(told -> told.matches(TOLD) || told.matches(UNAVAILABLE));
        }
      }
    }
  }

  @Test
  void postgres_killedInARenewal() throws Exception {
    CountDownLatch over = new CountDownLatch(1);
    try (CredentialLoad load = renewalHeldAt(stage.fleet().replica(2), over)) {
      stage.fault(
          "PostgreSQL killed while a provider's token is renewed",
          () -> {
            stage.postgres().kill();
            over.countDown();
            provider.answer(TestProvider.tokens(3600));
            stage.letRun(AWHILE);
          },
          stage::startPostgres);
      await("another token everywhere", () -> allTell(load, "token-[3-9]"));
      for (Replica replica : stage.fleet().replicas()) {
        assertThat(load.told(replica).keySet()).allMatch(told -> told.matches(TOLD));
      }
      // what could not be kept was used by nobody
      await("one and the same", () -> allTell(load, load.last(stage.fleet().replica(0))));
    }
  }

  /** A client at the provider, which the agent may obtain. */
  private String linkedClient() throws Exception {
    String identifier = "client-" + made++;
    Replica replica = stage.fleet().replica(0);
    String id =
        admin
            .require(
                replica,
                "POST",
                "/credentials",
                new JsonObject()
                    .put("name", identifier)
                    .put("identifier", identifier)
                    .put("business_type", "external_service")
                    .put(
                        "oauth_client",
                        new JsonObject()
                            .put("token_endpoint", provider.tokenEndpoint().toString())
                            .put("client_id", identifier)
                            .put("client_secret", "of-the-client")))
            .getString("credential_id");
    admin.require(
        replica,
        "PUT",
        "/agents/" + agent.clientId() + "/credentials/" + id,
        new JsonObject().put("access", new JsonArray().add("obtain")));
    long revision = stage.head();
    for (Replica each : stage.fleet().replicas()) {
      await("the link", () -> each.metric("postern_index_revision") >= revision);
    }
    return identifier;
  }

  /** Asks all replicas. */
  private static CredentialLoad loadOnAll(String identifier) {
    CredentialLoad load = new CredentialLoad(agent, identifier);
    load.askAt(stage.fleet().replicas());
    return load;
  }

  /** Has this replica wait for the provider's answer to a renewal; then all are asked. */
  private CredentialLoad renewalHeldAt(Replica replica, CountDownLatch over) throws Exception {
    String identifier = linkedClient();
    CredentialLoad load = new CredentialLoad(agent, identifier);
    load.askAt(List.of(replica));
    await("a token", () -> load.last(replica).equals("token-1"));
    provider.answer(
        (exchange, number) -> {
          awaitQuietly(over);
          TestProvider.tokens(3600).give(exchange, number);
        });
    dueForRenewal(identifier, 40);
    await("a request at the provider", () -> provider.asked().size() == 2);
    load.askAt(others(replica));
    await("the former everywhere", () -> allTell(load, "token-1"));
    return load;
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await(1, TimeUnit.MINUTES);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The token that is kept has so little of its life left that each replica wants the next. */
  private static void dueForRenewal(String identifier, int secondsLeft) throws SQLException {
    try (Connection connection = stage.database()) {
      connection.setAutoCommit(false);
      try (PreparedStatement shorten =
              connection.prepareStatement(
                  """
                  update provider_token t
                     set obtained_at = clock_timestamp() - interval '1 hour',
                         expires_at = clock_timestamp() + make_interval(secs => ?)
                    from hosted_credential c
                   where c.credential_id = t.credential_id and c.identifier = ?\
                  """);
          // has the feed tell of it
          PreparedStatement touch =
              connection.prepareStatement(
                  "update hosted_credential set description = 'due' where identifier = ?")) {
        touch.setString(1, identifier);
        touch.executeUpdate();
        shorten.setDouble(1, secondsLeft);
        shorten.setString(2, identifier);
        assertThat(shorten.executeUpdate()).isEqualTo(1);
      }
      connection.commit();
    }
  }

  private static List<Replica> others(Replica one) {
    return stage.fleet().replicas().stream().filter(other -> other != one).toList();
  }

  private static boolean allTell(CredentialLoad load, String expected) {
    return stage.fleet().replicas().stream()
        .allMatch(replica -> load.last(replica).matches(expected));
  }

  private static boolean restTells(CredentialLoad load, Replica but, String expected) {
    return others(but).stream().allMatch(replica -> load.last(replica).matches(expected));
  }

  private static void await(String what, Callable<Boolean> seen) throws Exception {
    long deadline = System.nanoTime() + RECOVERY.toNanos();
    while (!seen.call()) {
      assertThat(System.nanoTime()).as(what).isLessThan(deadline);
      stage.letRun(Duration.ofMillis(20));
    }
  }
}
