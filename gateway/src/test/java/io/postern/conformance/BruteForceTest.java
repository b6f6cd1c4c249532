package io.postern.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.postern.http.ClientSource;
import io.postern.testing.CapturedLog;
import io.postern.testing.ChangedSettings;
import io.postern.testing.TestGateway;
import io.postern.testing.TestRegistry;
import io.postern.testing.TokenCall;
import java.io.IOException;
import java.net.InetAddress;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.function.IntFunction;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** RFC 6749 §2.3.1: the endpoint must be protected against the guessing of secrets. */
class BruteForceTest {
  private static final int FREE_FAILURES = 20;
  // one is forgiven every three seconds, and the machine may be slow
  private static final int MOST_FAILURES = 3 * FREE_FAILURES;

  // from another address of the loopback than every other request
  private static final HttpClient OTHER =
      HttpClient.newBuilder()
          .localAddress(InetAddress.ofLiteral("127.0.0.2"))
          .connectTimeout(Duration.ofSeconds(10))
          .build();

  private static TestGateway direct;
  private static TestGateway proxied;

  private TestRegistry.Agent agent;

  @BeforeAll
  static void start() {
    direct = TestGateway.start();
    proxied = TestGateway.start(ChangedSettings.trustedProxies("127.0.0.1", "10.0.0.0/8"));
  }

  @AfterAll
  static void stop() {
    direct.close();
    proxied.close();
    OTHER.close();
  }

  @BeforeEach
  void newAgent() {
    agent = newAgent(direct);
  }

  private static TestRegistry.Agent newAgent(TestGateway gateway) {
    TestRegistry.Agent fresh = gateway.registry().agent();
    gateway.registry().grant(fresh, gateway.registry().service("read"), "read");
    return fresh;
  }

  private static TokenCall wrong(TestGateway gateway, String clientId) {
    return TokenCall.to(gateway).basic(clientId, "wrong").clientCredentials();
  }

  private static TokenCall right(TestGateway gateway, TestRegistry.Agent agent) {
    return TokenCall.by(gateway, agent);
  }

  /** Guesses until it is slowed, and returns the answer that says so. */
  private static TokenCall.Answer guess(IntFunction<TokenCall> attempt) {
    for (int failures = 0; failures < MOST_FAILURES; failures++) {
      TokenCall.Answer answer = attempt.apply(failures).send();
      if (answer.status() == 429) {
        assertThat(failures).as("failures before").isGreaterThanOrEqualTo(FREE_FAILURES);
        return Expect.slowedDown(answer);
      }
      Expect.invalidClient(answer);
    }
    throw new AssertionError("never slowed");
  }

  @Nested
  @DisplayName("From one source")
  class FromOneSource {
    @Test
    void guessing_isSlowed() {
      TokenCall.Answer slowed = guess(i -> wrong(direct, agent.clientId()));

      assertThat(Integer.parseInt(slowed.header("retry-after"))).isBetween(1, 3);
    }

    @Test
    void guessing_inTheBody_isSlowedToo() {
      guess(
          i ->
              TokenCall.to(direct)
                  .clientCredentials()
                  .param("client_id", agent.clientId())
                  .param("client_secret", "wrong" + i));

      Expect.slowedDown(wrong(direct, agent.clientId()).send());
    }

    @Test
    void rightSecret_fromTheSlowedSource_mustWaitToo() {
      guess(i -> wrong(direct, agent.clientId()));

      Expect.slowedDown(right(direct, agent).send());
    }

    @Test
    void rightSecret_afterTheTimeThatWasSaid_isIssued() {
      TokenCall.Answer slowed = guess(i -> wrong(direct, agent.clientId()));
      Duration wait = Duration.ofSeconds(Integer.parseInt(slowed.header("retry-after")));

      Expect.eventually(wait.plusSeconds(1), () -> right(direct, agent).send().status() == 200);
    }

    @Test
    void rightSecret_beforeTheLimit_isNotCounted() {
      for (int i = 0; i < 2 * FREE_FAILURES; i++) {
        Expect.issued(right(direct, agent).send());
      }
    }

    @Test
    void otherClient_isNotSlowed() {
      guess(i -> wrong(direct, agent.clientId()));

      Expect.issued(right(direct, newAgent(direct)).send());
    }

    @Test
    void unknownAndDisabledClients_areSlowedAlike() {
      TestRegistry.Agent disabled = newAgent(direct);
      direct
          .registry()
          .run("update application set status = 'disabled' where id = ?", disabled.clientId());

      TokenCall.Answer known = guess(i -> wrong(direct, agent.clientId()));
      TokenCall.Answer unknown = guess(i -> wrong(direct, "unknown-client"));
      TokenCall.Answer out = guess(i -> right(direct, disabled));

      assertThat(unknown.response().body()).isEqualTo(known.response().body());
      assertThat(out.response().body()).isEqualTo(known.response().body());
    }
  }

  @Nested
  @DisplayName("From several sources")
  class FromSeveralSources {
    @Test
    void stranger_cannotLockTheAgentOut() throws Exception {
      guess(i -> wrong(direct, agent.clientId()));

      assertThat(statusFrom(OTHER, direct, agent.clientId(), agent.secret(), "127.0.0.1"))
          .isEqualTo(200);
      Expect.slowedDown(right(direct, agent).send());
    }

    @Test
    void forwardedFor_fromAnyone_isNoSource() {
      guess(i -> wrong(direct, agent.clientId()).header("X-Forwarded-For", "192.0.2." + i));

      Expect.slowedDown(right(direct, agent).header("X-Forwarded-For", "198.51.100.1").send());
    }

    @Test
    void forwardedFor_fromTrustedProxy_isTheSource() {
      TestRegistry.Agent behind = newAgent(proxied);
      guess(i -> wrong(proxied, behind.clientId()).header("X-Forwarded-For", "192.0.2.1"));

      Expect.slowedDown(right(proxied, behind).header("X-Forwarded-For", "192.0.2.1").send());
      Expect.issued(right(proxied, behind).header("X-Forwarded-For", "192.0.2.2").send());
    }

    // what stands left of the last address that is no proxy's was written by the client
    @Test
    void forwardedFor_inventedByTheClient_isNoSource() {
      TestRegistry.Agent behind = newAgent(proxied);
      guess(
          i ->
              wrong(proxied, behind.clientId())
                  .header("X-Forwarded-For", "203.0.113." + i + ", 192.0.2.1, 10.0.0.7"));

      Expect.slowedDown(right(proxied, behind).header("X-Forwarded-For", "192.0.2.1").send());
    }

    @Test
    void forwardedFor_inSeveralHeaders_isReadFromTheLast() {
      TestRegistry.Agent behind = newAgent(proxied);
      guess(
          i ->
              wrong(proxied, behind.clientId())
                  .header("X-Forwarded-For", "203.0.113." + i)
                  .header("X-Forwarded-For", "192.0.2.1"));

      Expect.slowedDown(right(proxied, behind).header("X-Forwarded-For", "192.0.2.1").send());
    }

    // RFC 4291 §2.5.4: a host chooses among the addresses of its /64 as it likes
    @Test
    void ipv6Addresses_ofOneNetwork_areOneSource() {
      TestRegistry.Agent behind = newAgent(proxied);
      guess(i -> wrong(proxied, behind.clientId()).header("X-Forwarded-For", "2001:db8:1:2::" + i));

      Expect.slowedDown(
          right(proxied, behind).header("X-Forwarded-For", "2001:db8:1:2:ffff::1").send());
      Expect.issued(right(proxied, behind).header("X-Forwarded-For", "2001:db8:1:3::1").send());
    }

    @Test
    void forwardedFor_malformed_isTheProxy() {
      TestRegistry.Agent behind = newAgent(proxied);
      guess(i -> wrong(proxied, behind.clientId()).header("X-Forwarded-For", "nonsense" + i));

      Expect.slowedDown(right(proxied, behind).send());
    }

    @Test
    void forwardedFor_asProxiesWriteIt_isTheSource() {
      TestRegistry.Agent behind = newAgent(proxied);
      guess(i -> wrong(proxied, behind.clientId()).header("X-Forwarded-For", "192.0.2.1"));

      for (String same :
          List.of(
              "192.0.2.1:51234",
              "\"192.0.2.1:1\"",
              "::ffff:192.0.2.1",
              "192.0.2.1,",
              "192.0.2.1, , 10.0.0.7:443,",
              "203.0.113.9,192.0.2.1 ,[::ffff:10.0.0.7]:443")) {
        Expect.slowedDown(right(proxied, behind).header("X-Forwarded-For", same).send());
      }
      for (String other : List.of("192.0.2.2:51234", "[2001:db8:9::1%eth0]:443", "192.0.2.3,")) {
        Expect.issued(right(proxied, behind).header("X-Forwarded-For", other).send());
      }
    }

    @Test
    void forwardedFor_thatNamesNoAddress_isToldOnce() {
      try (CapturedLog log = CapturedLog.of(ClientSource.class.getName(), Level.WARN);
          TestGateway fresh = TestGateway.start(ChangedSettings.trustedProxies("127.0.0.1"))) {
        TestRegistry.Agent behind = newAgent(fresh);
        for (int i = 0; i < 5; i++) {
          String hop = "unknown" + i + "\u00e9";
          Expect.issued(right(fresh, behind).header("X-Forwarded-For", hop).send());
        }

        assertThat(log.lines())
            .singleElement()
            .asString()
            .contains("names no address: unknown0?", "127.0.0.1");
      }
    }

    @Test
    void forwardedFor_fromAPeerThatIsNoProxy_isNoSource() throws Exception {
      TestRegistry.Agent behind = newAgent(proxied);
      int failures = 0;
      while (statusFrom(OTHER, proxied, behind.clientId(), "wrong", "192.0.2." + failures) == 401) {
        failures++;
        assertThat(failures).isLessThan(MOST_FAILURES);
      }

      assertThat(failures).isGreaterThanOrEqualTo(FREE_FAILURES);
      assertThat(statusFrom(OTHER, proxied, behind.clientId(), behind.secret(), "198.51.100.1"))
          .isEqualTo(429);
      Expect.issued(right(proxied, behind).send());
    }

    private int statusFrom(
        HttpClient from, TestGateway gateway, String clientId, String secret, String forwardedFor)
        throws IOException, InterruptedException {
      String pair = clientId + ":" + secret;
      HttpRequest request =
          HttpRequest.newBuilder(gateway.tokenEndpoint())
              .header("Content-Type", "application/x-www-form-urlencoded")
              .header("X-Forwarded-For", forwardedFor)
              .header(
                  "Authorization",
                  "Basic "
                      + Base64.getEncoder()
                          .encodeToString(pair.getBytes(StandardCharsets.US_ASCII)))
              .POST(HttpRequest.BodyPublishers.ofString("grant_type=client_credentials"))
              .build();
      return from.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    }
  }
}
