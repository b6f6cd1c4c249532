package io.postern.token;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.testing.TestGateway;
import io.postern.testing.TestRegistry;
import io.postern.testing.TokenCall;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class FirstTokenTest {
  private static TestGateway gateway;

  @BeforeAll
  static void start() {
    gateway = TestGateway.start();
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void secret_grantedScopes_areInTheToken() throws Exception {
    TestRegistry.Resource crm = gateway.registry().service("read", "write");
    TestRegistry.Agent agent = gateway.registry().agent();
    gateway.registry().grant(agent, crm, "read");

    TokenCall.Answer answer =
        TokenCall.by(gateway, agent)
            .param("audience", crm.audience())
            .param("scope", "read write")
            .send();

    assertThat(answer.status()).isEqualTo(200);
    assertThat(answer.scope()).isEqualTo("read");
    assertThat(answer.jwt().getJWTClaimsSet().getAudience()).containsExactly(crm.audience());
  }
}
