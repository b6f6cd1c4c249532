package io.postern.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.GatewaySettings;
import io.postern.dev.EmbeddedPostgres;
import io.postern.jose.SignatureAlgorithm;
import io.postern.replay.ReplayMemory;
import io.postern.testing.ChangedSettings;
import io.postern.testing.TestAssertion;
import io.postern.testing.TestGateway;
import io.postern.testing.TestKey;
import io.postern.testing.TestPostgres;
import io.postern.testing.TestRedis;
import io.postern.testing.TestRegistry;
import io.postern.testing.TokenCall;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An assertion is used once (RFC 7523 §3 (7)), however many gateways there are and whatever becomes
 * of them and of the store that they share.
 */
class SeveralGatewaysReplayTest {
  private static final Duration SOON = Duration.ofSeconds(15);
  private static final TestKey KEY = TestKey.generate(SignatureAlgorithm.ES256);

  private static TestRegistry.Agent newAgent(TestGateway gateway) {
    TestRegistry.Agent agent = gateway.registry().agent();
    gateway.registry().grant(agent, gateway.registry().service("read"), "read");
    gateway.registry().key(agent, KEY.jwk());
    return agent;
  }

  private static TestGateway besides(TestGateway first, UnaryOperator<GatewaySettings> change) {
    return TestGateway.start(
        first.databaseUrl(),
        settings -> change.apply(ChangedSettings.issuer(first.issuer()).apply(settings)));
  }

  private static String newAssertion(TestGateway gateway, TestRegistry.Agent agent) {
    return TestAssertion.by(KEY, agent.clientId(), gateway.issuer()).sign();
  }

  private static TokenCall.Answer send(TestGateway gateway, String assertion) {
    return TestAssertion.call(gateway, assertion).send();
  }

  @Test
  void assertion_sentToAllAtOnce_isAcceptedOnce() throws Exception {
    try (TestGateway one = TestGateway.start();
        TestGateway other = besides(one, settings -> settings)) {
      assertEachAcceptedOnce(one, other, 200);
    }
  }

  @Test
  void assertion_sentToAllAtOnce_isAcceptedOnce_withRedis() throws Exception {
    try (TestRedis redis = TestRedis.start()) {
      UnaryOperator<GatewaySettings> withRedis =
          ChangedSettings.replayMemory(new ReplayMemory.Redis(redis.server()));
      try (TestGateway one = TestGateway.start(withRedis);
          TestGateway other = besides(one, withRedis)) {
        TestRegistry.Agent agent = newAgent(one);
        other.registry().awaitIndex();
        // a Redis that nobody has used is as one that has lost its memory
        Expect.unavailable(send(one, newAssertion(one, agent)));
        redis.rememberAlways();
        assertEachAcceptedOnce(one, other, 50);
      }
    }
  }

  private static void assertEachAcceptedOnce(TestGateway one, TestGateway other, int assertions)
      throws Exception {
    TestRegistry.Agent agent = newAgent(one);
    other.registry().awaitIndex();
    try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
      for (int i = 0; i < assertions; i++) {
        String assertion = newAssertion(one, agent);
        List<Future<Integer>> sent = new ArrayList<>();
        for (TestGateway gateway : List.of(one, other, one, other)) {
          sent.add(threads.submit(() -> send(gateway, assertion).status()));
        }
        List<Integer> statuses = new ArrayList<>();
        for (Future<Integer> each : sent) {
          statuses.add(each.get());
        }
        assertThat(statuses).containsOnly(200, 401).containsOnlyOnce(200);
      }
    }
  }

  @Test
  void assertion_afterARestart_isRefused() {
    TestGateway before = TestGateway.start();
    TestRegistry.Agent agent = newAgent(before);
    String assertion = newAssertion(before, agent);
    Expect.issued(send(before, assertion));
    before.close();
    try (TestGateway after = besides(before, settings -> settings)) {
      Expect.invalidClient(send(after, assertion));
      Expect.issued(send(after, newAssertion(before, agent)));
    }
  }

  @Test
  void databaseAway_isUnavailableForAssertionsAlone_andRecovers() {
    try (TestGateway gateway = TestGateway.start()) {
      TestRegistry.Agent agent = newAgent(gateway);
      String used = newAssertion(gateway, agent);
      Expect.issued(send(gateway, used));

      TestPostgres.cut(gateway.databaseUrl());
      for (int i = 0; i < 20; i++) {
        TokenCall.Answer answer = Expect.unavailable(send(gateway, newAssertion(gateway, agent)));
        assertThat(answer.header("Retry-After")).isEqualTo("1");
        Expect.issued(TokenCall.by(gateway, agent).send());
      }
      // a bad one is still refused for what it is
      Expect.invalidClient(send(gateway, newAssertion(gateway, agent) + "A"));
      TestPostgres.mend(gateway.databaseUrl());

      Expect.eventually(SOON, () -> send(gateway, newAssertion(gateway, agent)).status() == 200);
      Expect.invalidClient(send(gateway, used));
    }
  }

  @Test
  void databaseKilled_whatWasGoodBeforeIsNotAccepted(@TempDir Path directory) throws Exception {
    UnaryOperator<GatewaySettings> shortSkew = ChangedSettings.clockSkew(Duration.ofSeconds(1));
    EmbeddedPostgres server = startServer(directory);
    server.createDatabase("replay");
    TestGateway before = TestGateway.start(server.databaseUrl("replay"), shortSkew);
    TestRegistry.Agent agent = newAgent(before);
    String used = newAssertion(before, agent);
    String unused = newAssertion(before, agent);
    Expect.issued(send(before, used));

    kill(directory);
    server.close();
    before.close();
    server = startServer(directory);
    try (TestGateway after =
        TestGateway.start(
            server.databaseUrl("replay"),
            settings -> shortSkew.apply(ChangedSettings.issuer(before.issuer()).apply(settings)))) {
      Expect.unavailable(send(after, used));
      Expect.unavailable(send(after, unused));
      Expect.eventually(SOON, () -> send(after, newAssertion(before, agent)).status() == 200);
      Expect.unavailable(send(after, used));
      String later = newAssertion(before, agent);
      Expect.issued(send(after, later));
      Expect.invalidClient(send(after, later));
    } finally {
      server.close();
    }
  }

  private static EmbeddedPostgres startServer(Path directory) throws Exception {
    // durable, so that the crash costs the used assertions alone
    return EmbeddedPostgres.start(directory, EmbeddedPostgres.Options.forDevelopment());
  }

  private static void kill(Path directory) throws Exception {
    Path pidFile = directory.resolve("cluster").resolve("data").resolve("postmaster.pid");
    long pid = Long.parseLong(Files.readAllLines(pidFile).getFirst());
    ProcessHandle postmaster = ProcessHandle.of(pid).orElseThrow();
    postmaster.destroyForcibly();
    postmaster.onExit().join();
  }
}
