package io.postern.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.testing.TestGateway;
import io.postern.testing.TestRegistry;
import io.postern.testing.TokenCall;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
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

    // RFC 3986 §6.2.2, §6.2.3
    @ParameterizedTest
    @CsvSource({
      "https://mcp.example.com, https://mcp.example.com/",
      "https://mcp.example.com, HTTPS://MCP.example.com",
      "https://mcp.example.com, https://mcp.example.com:443",
      "https://mcp.example.com, https://mcp.example.com:443/",
      "https://mcp.example.com, https://mcp.example.com:/",
      "https://slash.example.com/, https://slash.example.com",
      "https://Mixed.example.com:443/a, https://mixed.example.com/a",
      "http://plain.example.com/%7euser/%c3%a4, http://plain.example.com:80/~user/%C3%A4",
      "http://query.example.com?a=b, http://query.example.com/?a=b",
      "URN:example:x, urn:example:x"
    })
    void resource_inAnotherSpelling_isTheRegisteredAudience(String registered, String asked)
        throws Exception {
      TestRegistry.Agent other = agentFor(registered);

      TokenCall.Answer answer =
          Expect.issued(TokenCall.by(gateway, other).param("resource", asked).send());
      assertThat(answer.jwt().getJWTClaimsSet().getAudience()).containsExactly(registered);
      // an audience is compared byte for byte
      Expect.invalidTarget(TokenCall.by(gateway, other).param("audience", asked).send());
      Expect.invalidTarget(TokenCall.by(gateway, other).param("scope", asked + "|read").send());
      // together they mean one
      Expect.issued(
          TokenCall.by(gateway, other)
              .param("audience", registered)
              .param("resource", asked)
              .param("resource", registered)
              .param("scope", registered + "|read")
              .send());
      Expect.issued(
          TokenCall.by(gateway, other)
              .param("resource", asked)
              .param("resource", registered)
              .send());
    }

    @ParameterizedTest
    @CsvSource({
      "https://path.example.com/api, https://path.example.com/api/",
      "https://path.example.com/api, https://path.example.com/API",
      "https://path.example.com/api, https://path.example.com/x/../api",
      "https://path.example.com/api, http://path.example.com/api",
      "https://path.example.com/api, https://path.example.com:8443/api",
      "https://path.example.com/api, https://path.example.com/api?x=y",
      "https://path.example.com/api, https://path.example.com./api",
      "https://path.example.com/api, https://user@path.example.com/api",
      "https://path.example.com/a%2Fb, https://path.example.com/a/b",
      "urn:example:y, urn:EXAMPLE:y"
    })
    void resource_ofAnotherUri_isInvalidTarget(String registered, String asked) {
      TestRegistry.Agent other = agentFor(registered);

      Expect.invalidTarget(TokenCall.by(gateway, other).param("resource", asked).send());
    }

    // registered before such audiences were refused
    @Test
    void resource_ofEqualAudiences_isTheOneAsItIsWritten() throws Exception {
      TestRegistry rows = gateway.registry();
      rows.run("alter table application disable trigger guard_audience");
      TestRegistry.Resource one = rows.serviceOf("https://twice.example.com", "read");
      TestRegistry.Resource two = rows.serviceOf("https://twice.example.com/", "read");
      rows.run("alter table application enable trigger guard_audience");
      TestRegistry.Agent of = rows.agent();
      rows.grant(of, one, "read");

      Expect.issued(TokenCall.by(gateway, of).param("resource", one.audience()).send());
      Expect.invalidTarget(TokenCall.by(gateway, of).param("resource", two.audience()).send());
      rows.grant(of, two, "read");
      for (TestRegistry.Resource each : List.of(one, two)) {
        TokenCall.Answer answer =
            Expect.issued(TokenCall.by(gateway, of).param("resource", each.audience()).send());
        assertThat(answer.jwt().getJWTClaimsSet().getAudience()).containsExactly(each.audience());
      }
      Expect.invalidTarget(
          TokenCall.by(gateway, of).param("resource", "https://TWICE.example.com").send());
    }

    private static TestRegistry.Agent agentFor(String audience) {
      gateway.registry().run("delete from application where audience = ?", audience);
      TestRegistry.Agent other = gateway.registry().agent();
      gateway.registry().grant(other, gateway.registry().serviceOf(audience, "read"), "read");
      gateway.registry().grant(other, crm, "read");
      return other;
    }
  }
}
