package io.postern.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.testing.TestGateway;
import io.postern.testing.TestRegistry;
import io.postern.testing.TokenCall;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 8707, Resource Indicators for OAuth 2.0. */
class Rfc8707ResourceIndicatorsTest {
  private static TestGateway gateway;
  private static TestRegistry.Resource crm;
  private static TestRegistry.Resource urn;
  private static TestRegistry.Agent agent;

  @BeforeAll
  static void start() {
    gateway = TestGateway.start();
    crm = gateway.registry().service("read");
    urn = gateway.registry().serviceOf("urn:example:stock?zone=1", "read");
    agent = gateway.registry().agent();
    gateway.registry().grant(agent, crm, "read");
    gateway.registry().grant(agent, urn, "read");
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static TokenCall.Answer ask(String... resources) {
    TokenCall call = TokenCall.by(gateway, agent);
    for (String resource : resources) {
      call.param("resource", resource);
    }
    return call.send();
  }

  @Nested
  @DisplayName("2 Resource parameter")
  class ResourceParameter {
    @Test
    void resource_isTheTokensAudience() throws Exception {
      TokenCall.Answer answer = Expect.issued(ask(crm.audience()));

      assertThat(answer.jwt().getJWTClaimsSet().getAudience()).containsExactly(crm.audience());
    }

    @Test
    void resource_withQueryAndOtherScheme_isTheTokensAudience() throws Exception {
      TokenCall.Answer answer = Expect.issued(ask(urn.audience()));

      assertThat(answer.jwt().getJWTClaimsSet().getAudience()).containsExactly(urn.audience());
    }

    @Test
    void resource_sameTwice_isOne() throws Exception {
      TokenCall.Answer answer = Expect.issued(ask(crm.audience(), crm.audience()));

      assertThat(answer.jwt().getJWTClaimsSet().getAudience()).containsExactly(crm.audience());
    }

    @Test
    void resource_twoGranted_isInvalidTarget() {
      Expect.invalidTarget(ask(crm.audience(), urn.audience()));
    }

    @Test
    void resource_grantedAndUnknown_isInvalidTarget() {
      Expect.invalidTarget(ask(crm.audience(), "https://nobody.example.com/"));
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "crm",
          "/api",
          "//crm.example.com/api",
          "?a=b",
          "https://crm.example.com/api#",
          "https://crm.example.com/api#part",
          "urn:example:stock#x",
          "https://crm example.com",
          "https://[crm/",
          "%zz:crm",
          "1crm:x",
          " "
        })
    void resource_notAbsoluteOrWithFragment_isInvalidTarget(String resource) {
      TokenCall.Answer answer = Expect.invalidTarget(ask(resource));

      assertThat(answer.json().getString("error_description")).contains("absolute URI");
    }

    @Test
    void resource_malformedBesideRightAudience_isInvalidTarget() {
      Expect.invalidTarget(
          TokenCall.by(gateway, agent)
              .param("audience", crm.audience())
              .param("resource", crm.audience() + "#x")
              .send());
    }

    @Test
    void resource_emptyBesideOther_countsAsOmitted() throws Exception {
      TokenCall.Answer answer = Expect.issued(ask("", crm.audience(), ""));

      assertThat(answer.jwt().getJWTClaimsSet().getAudience()).containsExactly(crm.audience());
    }

    @Test
    void resource_notNormalized_isAnother() {
      Expect.invalidTarget(ask(crm.audience() + "/"));
      Expect.invalidTarget(ask(crm.audience().replace("https://", "HTTPS://")));
    }
  }
}
