package io.postern.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postern.testing.TestGateway;
import io.postern.testing.TestRegistry;
import io.postern.testing.TokenCall;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Which token a well-formed request gets: what the standards leave open and Postern has chosen. */
class AudienceAndScopeTest {
  private static TestGateway gateway;
  private static TestRegistry registry;
  private static TestRegistry.Resource crm;
  private static TestRegistry.Resource mail;

  // granted read and write of crm's read, write and delete, nothing else
  private static TestRegistry.Agent single;
  // that, and read and send on mail
  private static TestRegistry.Agent several;

  @BeforeAll
  static void start() {
    gateway = TestGateway.start();
    registry = gateway.registry();
    crm = registry.service("read", "write", "delete");
    mail = registry.service("read", "send");
    single = registry.agent();
    registry.grant(single, crm, "read", "write");
    several = registry.agent();
    registry.grant(several, crm, "read", "write");
    registry.grant(several, mail, "read", "send");
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static TokenCall.Answer ask(
      TestRegistry.Agent agent, String scope, String audience, String... resources) {
    TokenCall call = TokenCall.by(gateway, agent);
    if (scope != null) {
      call.param("scope", scope);
    }
    if (audience != null) {
      call.param("audience", audience);
    }
    for (String resource : resources) {
      call.param("resource", resource);
    }
    return call.send();
  }

  private static void assertToken(
      TokenCall.Answer answer, TestRegistry.Resource resource, String scope) throws Exception {
    Expect.issued(answer);
    assertThat(answer.scope()).isEqualTo(scope);
    assertThat(answer.jwt().getJWTClaimsSet().getAudience()).containsExactly(resource.audience());
    assertThat(answer.jwt().getJWTClaimsSet().getStringClaim("scope")).isEqualTo(scope);
  }

  @Nested
  @DisplayName("Requested and granted")
  class Filter {
    @Test
    void decide_ungrantedScope_isFilteredSilently() throws Exception {
      assertToken(ask(single, "read delete", crm.audience()), crm, "read");
    }

    @Test
    void decide_unknownScope_isFilteredSilently() throws Exception {
      assertToken(ask(single, "nonsense write", crm.audience()), crm, "write");
    }

    @Test
    void decide_nothingLeft_isInvalidScope() {
      Expect.invalidScope(ask(single, "delete nonsense", crm.audience()));
    }

    @Test
    void decide_scopeOmitted_isAllThatIsGranted() throws Exception {
      assertToken(ask(single, null, crm.audience()), crm, "read write");
    }

    @Test
    void decide_scopeOmitted_isAllOnThatAudienceOnly() throws Exception {
      assertToken(ask(several, null, mail.audience()), mail, "read send");
    }
  }

  @Nested
  @DisplayName("Ways to name the audience")
  class Naming {
    @Test
    void audienceParameter_namesIt() throws Exception {
      assertToken(ask(several, "read", mail.audience()), mail, "read");
    }

    @Test
    void resourceParameter_namesIt() throws Exception {
      assertToken(ask(several, "read", null, mail.audience()), mail, "read");
    }

    @Test
    void scopePrefix_namesIt() throws Exception {
      assertToken(ask(several, mail.audience() + "|read", null), mail, "read");
    }

    @Test
    void scopePrefix_onEachOfSeveral_namesIt() throws Exception {
      String scope = "%1$s|send %1$s|read".formatted(mail.audience());

      assertToken(ask(several, scope, null), mail, "read send");
    }

    @Test
    void scopePrefix_onOneOfSeveral_namesItForAll() throws Exception {
      assertToken(ask(several, "send " + mail.audience() + "|read", null), mail, "read send");
    }

    @Test
    void scopePrefix_dotAll_isAllThatIsGranted() throws Exception {
      assertToken(ask(several, mail.audience() + "|.all", null), mail, "read send");
    }

    @Test
    void scopePrefix_dotAllBesideOthers_isAllThatIsGranted() throws Exception {
      String scope = "%1$s|read %1$s|.all".formatted(mail.audience());

      assertToken(ask(several, scope, null), mail, "read send");
    }

    @Test
    void dotAll_besideAudience_isAllThatIsGranted() throws Exception {
      assertToken(ask(several, ".all", mail.audience()), mail, "read send");
    }

    @Test
    void dotAll_besideResource_isAllThatIsGranted() throws Exception {
      assertToken(ask(several, ".all", null, mail.audience()), mail, "read send");
    }

    @Test
    void dotAll_inOtherCase_isAnUnknownScope() {
      Expect.invalidScope(ask(several, ".ALL", mail.audience()));
    }

    @Test
    void allWays_inAgreement_nameOne() throws Exception {
      String a = mail.audience();

      assertToken(ask(several, a + "|read " + a + "|send", a, a, a), mail, "read send");
    }

    @Test
    void audienceOfAnAgent_isNamedTheSameWay() throws Exception {
      TestRegistry.Agent callee = registry.agent();
      TestRegistry.Resource resource =
          new TestRegistry.Resource(callee.clientId(), "urn:postern:agent:" + callee.clientId());
      TestRegistry.Agent caller = registry.agent();
      registry.grant(caller, resource, "agent.access");

      assertToken(ask(caller, null, resource.audience()), resource, "agent.access");
      assertToken(ask(caller, null, null, resource.audience()), resource, "agent.access");
      assertToken(
          ask(caller, resource.audience() + "|agent.access", null), resource, "agent.access");
    }

    @ParameterizedTest
    @ValueSource(strings = {"|read", "%s|", "%s||read", "%s|read|write", "|", "%s|.all|"})
    void scopePrefix_malformed_isInvalidScope(String scope) {
      Expect.invalidScope(ask(several, scope.formatted(mail.audience()), null));
    }
  }

  @Nested
  @DisplayName("Contradictions")
  class Conflicts {
    @Test
    void audienceAndResource_different_isInvalidTarget() {
      Expect.invalidTarget(ask(several, null, crm.audience(), mail.audience()));
    }

    @Test
    void audienceAndScopePrefix_different_isInvalidTarget() {
      Expect.invalidTarget(ask(several, mail.audience() + "|read", crm.audience()));
    }

    @Test
    void resourceAndScopePrefix_different_isInvalidTarget() {
      Expect.invalidTarget(ask(several, mail.audience() + "|read", null, crm.audience()));
    }

    @Test
    void scopePrefixes_different_isInvalidTarget() {
      String scope = mail.audience() + "|read " + crm.audience() + "|read";

      Expect.invalidTarget(ask(several, scope, null));
    }

    @Test
    void scopePrefixes_dotAllOnTwo_isInvalidTarget() {
      String scope = mail.audience() + "|.all " + crm.audience() + "|.all";

      Expect.invalidTarget(ask(several, scope, null));
    }

    @Test
    void audience_withBar_isInvalidTarget() {
      Expect.invalidTarget(ask(several, null, crm.audience() + "|read"));
    }

    @Test
    void audience_severalInOneParameter_isInvalidTarget() {
      Expect.invalidTarget(ask(several, null, crm.audience() + " " + mail.audience()));
    }
  }

  @Nested
  @DisplayName("No audience named")
  class NoneNamed {
    @Test
    void oneGrant_isItsAudience() throws Exception {
      assertToken(ask(single, null, null), crm, "read write");
      assertToken(ask(single, "read", null), crm, "read");
      assertToken(ask(single, ".all", null), crm, "read write");
    }

    @Test
    void severalGrants_isInvalidTargetThatSaysSo() {
      TokenCall.Answer answer = Expect.invalidTarget(ask(several, "read", null));

      assertThat(answer.json().getString("error_description")).contains("audience is needed");
    }

    @Test
    void severalGrants_dotAllAlone_isInvalidTarget() {
      Expect.invalidTarget(ask(several, ".all", null));
    }

    @Test
    void noGrants_isInvalidTargetThatSaysSo() {
      TokenCall.Answer answer = Expect.invalidTarget(ask(registry.agent(), null, null));

      assertThat(answer.json().getString("error_description")).contains("audience is needed");
    }
  }

  @Nested
  @DisplayName("One token, one audience")
  class Targets {
    @Test
    void unknownAndUngranted_areTheSame() {
      TokenCall.Answer ungranted = ask(single, "read", mail.audience());

      Expect.invalidTarget(ungranted);
      Expect.same(ungranted, ask(single, "read", "https://nobody.example.com/api"));
      Expect.same(ungranted, ask(single, "read", null, "https://nobody.example.com/api"));
      Expect.same(ungranted, ask(single, "read", null, mail.audience()));
      Expect.same(ungranted, ask(single, mail.audience() + "|read", null));
      Expect.same(ungranted, ask(single, "urn:nobody|read", null));
    }

    @Test
    void disabledAgentsAudience_isInvalidTarget() {
      TestRegistry.Agent callee = registry.agent();
      String audience = "urn:postern:agent:" + callee.clientId();
      TestRegistry.Agent caller = registry.agent();
      registry.grant(
          caller, new TestRegistry.Resource(callee.clientId(), audience), "agent.access");
      Expect.issued(ask(caller, null, audience));

      registry.run("update application set status = 'disabled' where id = ?", callee.clientId());

      Expect.invalidTarget(ask(caller, null, audience));
      Expect.invalidTarget(ask(caller, null, null));
      Expect.invalidTarget(ask(caller, audience + "|.all", null));
    }

    @Test
    void ownAudience_withoutGrant_isInvalidTarget() {
      Expect.invalidTarget(ask(single, null, "urn:postern:agent:" + single.clientId()));
    }

    @Test
    void audience_inOtherCase_isAnother() {
      Expect.invalidTarget(ask(single, null, crm.audience().toUpperCase(Locale.ROOT)));
    }

    @Test
    void sameScopeValueOnTwoServices_isResolvedOnTheTokensAudience() throws Exception {
      TestRegistry.Agent agent = registry.agent();
      registry.grant(agent, crm, "write");
      registry.grant(agent, mail, "read");

      assertToken(ask(agent, "read write", mail.audience()), mail, "read");
      assertToken(ask(agent, "read write", crm.audience()), crm, "write");
      Expect.invalidScope(ask(agent, "read", crm.audience()));
    }
  }

  @Nested
  @DisplayName("What cannot be registered")
  class Registration {
    @ParameterizedTest
    @ValueSource(strings = {"a|b", "", "a b", "\u00e4", "a\tb"})
    void audience_outsideOfTheGrammar_isRefused(String audience) {
      assertThatThrownBy(() -> registry.serviceOf(audience, "read"))
          .hasMessageContaining("application_audience_check");
    }

    @Test
    void audience_ofUpTo255Characters_isIssuedFor() throws Exception {
      String longest = "urn:" + "x".repeat(251);
      TestRegistry.Resource resource = registry.serviceOf(longest, "read");
      TestRegistry.Agent agent = registry.agent();
      registry.grant(agent, resource, "read");

      assertToken(ask(agent, longest + "|read", longest, longest), resource, "read");
      assertThatThrownBy(() -> registry.serviceOf(longest + "x", "read"))
          .hasMessageContaining("application_audience_check");
    }

    @ParameterizedTest
    @ValueSource(strings = {".all", "a|b", "", "a b", "a\"b", "a\\b", "\u00e4"})
    void scope_outsideOfTheGrammar_isRefused(String scope) {
      assertThatThrownBy(
              () ->
                  registry.run(
                      "insert into scope (application_id, value) values (?, ?)", crm.id(), scope))
          .hasMessageContaining("scope_value_check");
    }

    @Test
    void audience_ofTwo_isRefused() {
      for (String taken : List.of(crm.audience(), "urn:postern:agent:" + single.clientId())) {
        assertThatThrownBy(() -> registry.serviceOf(taken, "read"))
            .hasMessageContaining("application_audience_unique");
      }
    }
  }
}
