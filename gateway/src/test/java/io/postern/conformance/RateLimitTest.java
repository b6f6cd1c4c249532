package io.postern.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.testing.TestGateway;
import io.postern.testing.TestRegistry;
import io.postern.testing.TokenCall;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** An agent that asks for too many tokens waits, and nobody else does. */
class RateLimitTest {
  private static TestGateway gateway;
  private static TestRegistry.Resource service;

  @BeforeAll
  static void start() {
    gateway = TestGateway.start();
    service = gateway.registry().service("read");
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static TestRegistry.Agent agent(Integer tokensPerMinute) {
    TestRegistry.Agent agent = gateway.registry().agent();
    gateway.registry().grant(agent, service, "read");
    limit(agent, tokensPerMinute);
    return agent;
  }

  private static void limit(TestRegistry.Agent agent, Integer tokensPerMinute) {
    gateway
        .registry()
        .run(
            "update application set tokens_per_minute = ? where id = ?",
            tokensPerMinute,
            agent.clientId());
  }

  @Test
  void pastTheLimit_is429WithRetryAfter_forThisAgentAlone() {
    TestRegistry.Agent wild = agent(3);
    TestRegistry.Agent tame = agent(3);
    for (int i = 0; i < 3; i++) {
      Expect.issued(TokenCall.by(gateway, wild).send());
    }

    TokenCall.Answer refused = TokenCall.by(gateway, wild).send();

    Expect.slowedDown(refused);
    assertThat(Integer.parseInt(refused.header("Retry-After"))).isBetween(1, 20);
    Expect.issued(TokenCall.by(gateway, tame).send());
  }

  @Test
  void wrongSecrets_useNothingUp() {
    TestRegistry.Agent agent = agent(1);
    for (int i = 0; i < 5; i++) {
      Expect.invalidClient(
          TokenCall.to(gateway).basic(agent.clientId(), "wrong").clientCredentials().send());
    }
    Expect.issued(TokenCall.by(gateway, agent).send());
  }

  @Test
  void refusedRequests_useNothingUp() {
    TestRegistry.Agent agent = agent(1);
    Expect.invalidScope(TokenCall.by(gateway, agent).param("scope", "write").send());
    Expect.issued(TokenCall.by(gateway, agent).send());
  }

  @Test
  void limitTakenAway_isNoLimit() {
    TestRegistry.Agent agent = agent(1);
    Expect.issued(TokenCall.by(gateway, agent).send());
    Expect.slowedDown(TokenCall.by(gateway, agent).send());
    limit(agent, null);
    for (int i = 0; i < 5; i++) {
      Expect.issued(TokenCall.by(gateway, agent).send());
    }
  }
}
