package io.postern.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.GatewaySettings;
import io.postern.testing.Administrator;
import io.postern.testing.Administrator.Answer;
import io.postern.testing.ChangedSettings;
import io.postern.testing.DecisionLines;
import io.postern.testing.RelayFixture;
import io.postern.testing.TestGateway;
import io.postern.testing.TestPostgres;
import io.postern.testing.TestProvider;
import io.postern.testing.TestRegistry;
import io.postern.testing.Vault;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Hosted OAuth clients over HTTP: gateways, PostgreSQL and a provider, all of them real. */
class ProviderTokensTest {
  private static final String SECRET = "s3cret of the client+%";

  // the provider is on the loopback
  private static final UnaryOperator<GatewaySettings> SETTINGS =
      ChangedSettings.relay(RelayFixture.settings(Duration.ofSeconds(60)));

  private TestProvider provider;
  private TestGateway gateway;
  private TestRegistry registry;
  private TestRegistry.Agent agent;

  @BeforeEach
  void start() throws Exception {
    provider = TestProvider.start();
    gateway = TestGateway.start(SETTINGS);
    registry = gateway.registry();
    agent = registry.agent();
  }

  @AfterEach
  void stop() {
    gateway.close();
    provider.close();
  }

  private TestRegistry.Hosted linkedClient(String authMethod) {
    TestRegistry.Hosted client = registry.oauthClient(provider.tokenEndpoint(), SECRET, authMethod);
    registry.link(agent, client, "obtain");
    return client;
  }

  private TestGateway besides(Clock clock) {
    return TestGateway.start(gateway.databaseUrl(), SETTINGS, clock);
  }

  private String obtain(TestRegistry.Hosted client) {
    return Vault.result(Vault.obtain(gateway, Vault.token(gateway, agent), client.identifier()));
  }

  @Test
  void manyAtOnceOnThreeGateways_areOneRequestAtTheProvider() throws Exception {
    TestRegistry.Hosted client = linkedClient("client_secret_basic");
    try (TestGateway second = besides(Clock.systemUTC());
        TestGateway third = besides(Clock.systemUTC());
        ExecutorService threads = Executors.newFixedThreadPool(30)) {
      // the issuer of a token is that of the first gateway
      List<TestGateway> gateways = List.of(gateway, second, third);
      List<String> tokens = gateways.stream().map(each -> Vault.token(each, agent)).toList();
      List<Future<String>> results = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        int at = i % 3;
        results.add(
            threads.submit(
                () ->
                    Vault.result(
                        Vault.obtain(gateways.get(at), tokens.get(at), client.identifier()))));
      }
      Set<String> seen = new HashSet<>();
      for (Future<String> result : results) {
        seen.add(result.get());
      }
      assertThat(seen).containsExactly("token-1");
    }
    assertThat(provider.asked()).hasSize(1);
  }

  @Test
  void basic_isFormEncoded_andTheAnswerIsHandedOver() {
    TestRegistry.Hosted client = linkedClient("client_secret_basic");
    assertThat(Vault.obtain(gateway, Vault.token(gateway, agent), client.identifier()).body())
        .contains(
            "\"kind\":\"oauth_client\"",
            "\"access_token\":\"token-1\"",
            "\"token_type\":\"Bearer\"",
            "\"scope\":\"a b\"",
            "\"expires_at\":\"");
    TestProvider.Asked asked = provider.asked().getFirst();
    assertThat(asked.form()).isEqualTo("grant_type=client_credentials&scope=contacts%3Aread");
    String pair =
        new String(
            Base64.getDecoder().decode(asked.authorization().substring("Basic ".length())),
            StandardCharsets.US_ASCII);
    // RFC 6749 §2.3.1
    assertThat(pair).isEqualTo("postern+at+the+provider:s3cret+of+the+client%2B%25");
  }

  @Test
  void post_hasIdAndSecretInTheBody() {
    obtain(linkedClient("client_secret_post"));
    TestProvider.Asked asked = provider.asked().getFirst();
    assertThat(asked.authorization()).isNull();
    assertThat(URLDecoder.decode(asked.form(), StandardCharsets.UTF_8))
        .contains("client_id=postern at the provider", "client_secret=" + SECRET);
  }

  @ParameterizedTest
  @CsvSource({
    "400, '{\"error\": \"invalid_client\"}', 502 provider-refused",
    "401, '', 502 provider-refused",
    "500, 'oops', 502 provider-failed",
    "200, 'no json', 502 provider-failed",
    "200, '{\"access_token\": \"a b\"}', 502 provider-failed",
    "200, '{\"access_token\": \"t\", \"token_type\": \"mac\"}', 502 provider-failed",
    "302, '', 502 provider-failed"
  })
  void failure_isTold_andNotAskedForAgainAtOnce(int status, String body, String told) {
    TestRegistry.Hosted client = linkedClient("client_secret_basic");
    provider.answer(TestProvider.text(status, body));
    assertThat(obtain(client)).isEqualTo(told);
    assertThat(obtain(client)).isEqualTo(told);
    assertThat(provider.asked()).hasSize(1);
    provider.answer(TestProvider.tokens(60));
    DecisionLines.eventually(() -> obtain(client).startsWith("token-"));
  }

  @Test
  void failure_ofACredentialThatWasMended_isForgottenAtOnce() {
    TestRegistry.Hosted client = linkedClient("client_secret_post");
    provider.answer(
        (exchange, number) -> {
          if (provider.asked().getLast().form().contains("client_secret=right")) {
            TestProvider.tokens(60).give(exchange, number);
          } else {
            TestProvider.reply(exchange, 401, "{}");
          }
        });
    assertThat(obtain(client)).isEqualTo("502 provider-refused");
    registry.value(client, "right");
    assertThat(obtain(client)).isEqualTo("token-2");
  }

  @Test
  void tokenOnItsWay_forAClientThatIsAnotherMeanwhile_isNotKept() throws Exception {
    TestRegistry.Hosted client = linkedClient("client_secret_basic");
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch changed = new CountDownLatch(1);
    provider.answer(
        (exchange, number) -> {
          asked.countDown();
          await(changed);
          TestProvider.tokens(60).give(exchange, number);
        });
    String token = Vault.token(gateway, agent);
    CompletableFuture<String> first =
        CompletableFuture.supplyAsync(
            () -> Vault.result(Vault.obtain(gateway, token, client.identifier())));
    await(asked);
    Answer patched =
        Administrator.of(gateway)
            .send(
                "PATCH",
                "/credentials/" + client.id(),
                "{\"oauth_client\": {\"scope\": \"other\"}}");
    assertThat(patched.status()).isEqualTo(200);
    changed.countDown();
    assertThat(first.get()).startsWith("503 ");
    assertThat(obtain(client)).isEqualTo("token-2");
    assertThat(provider.asked().getLast().form()).endsWith("scope=other");
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }

  @Test
  void connectionCutWithoutAnAnswer_isTriedOnceMore() {
    TestRegistry.Hosted client = linkedClient("client_secret_basic");
    provider.answer(
        (exchange, number) -> {
          if (number > 1) {
            TestProvider.tokens(60).give(exchange, number);
          }
        });
    assertThat(obtain(client)).isEqualTo("token-2");
  }

  @Test
  void clockAhead_takesWhatIsKept() {
    TestRegistry.Hosted client = linkedClient("client_secret_basic");
    assertThat(obtain(client)).isEqualTo("token-1");
    Clock ahead = Clock.offset(Clock.systemUTC(), Duration.ofHours(2));
    try (TestGateway other = besides(ahead)) {
      String token = Vault.token(other, agent);
      for (int i = 0; i < 3; i++) {
        assertThat(Vault.result(Vault.obtain(other, token, client.identifier())))
            .isEqualTo("token-1");
      }
    }
    assertThat(provider.asked()).hasSize(1);
  }

  @Test
  void leaseOfADeadGateway_isWaitedFor() {
    TestRegistry.Hosted client = linkedClient("client_secret_basic");
    registry.run(
        "insert into provider_token (credential_id, lease_holder, lease_until)"
            + " values (?, 'dead', clock_timestamp() + interval '1 s')",
        client.id());
    assertThat(obtain(client)).isEqualTo("token-1");
  }

  @Test
  void databaseAway_theKeptTokenServes_butNoNewOneIsUsed() {
    TestRegistry.Hosted client = linkedClient("client_secret_basic");
    TestRegistry.Hosted other = linkedClient("client_secret_basic");
    assertThat(obtain(client)).isEqualTo("token-1");
    String token = Vault.token(gateway, agent);
    TestPostgres.cut(gateway.databaseUrl());
    assertThat(Vault.result(Vault.obtain(gateway, token, client.identifier())))
        .isEqualTo("token-1");
    assertThat(Vault.result(Vault.obtain(gateway, token, other.identifier())))
        .isEqualTo("503 token-not-kept");
    assertThat(provider.asked()).hasSize(1);
    TestPostgres.mend(gateway.databaseUrl());
    DecisionLines.eventually(
        () -> Vault.result(Vault.obtain(gateway, token, other.identifier())).equals("token-2"));
  }

  @Test
  void shortLivedTokens_areRenewedOneAtATime_onTwoGateways() throws Exception {
    TestRegistry.Hosted client = linkedClient("client_secret_basic");
    provider.answer(TestProvider.tokens(6));
    try (TestGateway other = besides(Clock.systemUTC());
        ExecutorService threads = Executors.newFixedThreadPool(4)) {
      List<Future<?>> asking = new ArrayList<>();
      for (TestGateway each : List.of(gateway, other, gateway, other)) {
        String token = Vault.token(each, agent);
        asking.add(
            threads.submit(
                () -> {
                  long end = System.nanoTime() + Duration.ofSeconds(4).toNanos();
                  while (System.nanoTime() < end) {
                    assertThat(Vault.result(Vault.obtain(each, token, client.identifier())))
                        .startsWith("token-");
                  }
                }));
      }
      for (Future<?> each : asking) {
        each.get();
      }
    }
    assertThat(provider.mostAtOnce()).isEqualTo(1);
    assertThat(provider.asked()).hasSizeBetween(3, 6);
    assertThat(registry.query("select version from provider_token"))
        .containsExactly("" + provider.asked().size());
  }
}
