package io.postern.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.testing.TestAssertion;
import io.postern.testing.TestRegistry;
import io.postern.testing.TokenCall;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 6749, The OAuth 2.0 Authorization Framework: the token endpoint. */
class Rfc6749TokenEndpointTest extends TokenEndpointFixture {
  @Nested
  @DisplayName("3.2 Token endpoint")
  class TokenEndpoint {
    @ParameterizedTest
    @ValueSource(strings = {"GET", "PUT", "PATCH", "DELETE", "OPTIONS"})
    void otherMethod_is405WithAllow(String method) {
      TokenCall.Answer answer = call().send(method);

      Expect.refused(answer, 405, "invalid_request");
      assertThat(answer.header("allow")).isEqualTo("POST");
    }

    @Test
    void head_is405WithAllowAndWithoutBody() {
      TokenCall.Answer answer = call().send("HEAD");

      assertThat(answer.status()).isEqualTo(405);
      assertThat(answer.header("allow")).isEqualTo("POST");
      assertThat(answer.response().body()).isEmpty();
    }

    @ParameterizedTest
    @NullSource
    @ValueSource(
        strings = {
          "application/json",
          "text/plain",
          "multipart/form-data; boundary=x",
          "application/x-www-form-urlencoded2",
          "application/x-www-form-urlencoded, text/plain",
          "; application/x-www-form-urlencoded",
          "x"
        })
    void otherContentType_isInvalidRequest(String contentType) {
      Expect.invalidRequest(call().contentType(contentType).send());
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "application/x-www-form-urlencoded; charset=UTF-8",
          "application/x-www-form-urlencoded;charset=utf-8",
          "application/x-www-form-urlencoded; charset=ISO-8859-1",
          "application/x-www-form-urlencoded; charset=utf8",
          "application/x-www-form-urlencoded; charset=us-ascii",
          "application/x-www-form-urlencoded; charset=\"utf-16\"",
          "application/x-www-form-urlencoded; charset",
          "application/x-www-form-urlencoded ; boundary=x",
          "application/x-www-form-urlencoded;",
          "Application/X-WWW-Form-URLEncoded"
        })
    void contentType_inOtherSpelling_isAccepted(String contentType) {
      Expect.issued(call().contentType(contentType).send());
    }

    @ParameterizedTest
    @ValueSource(strings = {"gzip", "deflate", "br", "zstd", "gzip, gzip", "x"})
    void encodedBody_isToldSo(String coding) {
      TokenCall.Answer answer = call().header("Content-Encoding", coding).send();

      Expect.refused(answer, 415, "invalid_request");
      assertThat(answer.json().getString("error_description")).contains("Content-Encoding");
      assertThat(answer.header("accept-encoding")).isEqualTo("identity");
    }

    // RFC 9110 §5.3: two lines are one list
    @Test
    void encodedBody_saidInASecondLine_isToldSo() {
      Expect.refused(
          call().header("Content-Encoding", "identity").header("Content-Encoding", "gzip").send(),
          415,
          "invalid_request");
    }

    @ParameterizedTest
    @ValueSource(strings = {"identity", "Identity"})
    void bodyEncodedAsItIs_isIssued(String coding) {
      Expect.issued(call().header("Content-Encoding", coding).send());
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "scope",
          "audience",
          "client_id",
          "client_secret",
          "client_assertion",
          "client_assertion_type",
          "unknown"
        })
    void repeatedParameter_isInvalidRequest(String name) {
      Expect.invalidRequest(call().param(name, "x").param(name, "x").send());
    }

    @Test
    void repeatedGrantType_isInvalidRequest() {
      Expect.invalidRequest(call().clientCredentials().send());
    }

    @ParameterizedTest
    @ValueSource(strings = {"scope=&scope=read", "scope=read&scope=", "scope&scope"})
    void repeatedParameter_oneOfThemEmpty_isInvalidRequest(String form) {
      Expect.invalidRequest(call().raw(form).send());
    }

    @Test
    void repeatedParameter_underPercentEncodedName_isInvalidRequest() {
      Expect.invalidRequest(call().raw("scope=read&%73cope=write").send());
    }

    @ParameterizedTest
    @ValueSource(strings = {"scope=", "scope", "audience=", "resource=", "client_assertion=&&"})
    void emptyValue_countsAsOmitted(String form) {
      assertThat(Expect.issued(call().raw(form).send()).scope()).isEqualTo("read write");
    }

    @ParameterizedTest
    @ValueSource(strings = {"foo", "Grant_Type", "ascope", "my_audience", "client", "x[0]"})
    void unknownParameter_isIgnored(String name) {
      Expect.issued(call().param(name, "value").send());
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "scopes",
          "Scope",
          "SCOPE",
          "scope[]",
          "Scope[0]",
          "scope_",
          "scope ",
          "audiences",
          "AUDIENCES",
          "Audience",
          "audience[0]",
          "resources",
          "Resource",
          "resource[]"
        })
    void misspeltScopeOrTarget_isInvalidRequest(String name) {
      Expect.invalidRequest(call().param(name, "read").send());
    }

    @ParameterizedTest
    @ValueSource(strings = {"scope=%", "scope=%4", "scope=%zz", "scope=%ff", "%c3%28=x", "%=x"})
    void malformedForm_isInvalidRequest(String form) {
      Expect.invalidRequest(call().raw(form).send());
    }

    @Test
    void missingGrantType_isInvalidRequest() {
      Expect.invalidRequest(TokenCall.to(gateway).basic(agent.clientId(), agent.secret()).send());
    }

    @Test
    void emptyGrantType_isInvalidRequest() {
      Expect.invalidRequest(
          TokenCall.to(gateway)
              .basic(agent.clientId(), agent.secret())
              .param("grant_type", "")
              .send());
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "authorization_code",
          "refresh_token",
          "password",
          "Client_Credentials",
          "client_credentials ",
          "urn:ietf:params:oauth:grant-type:jwt-bearer"
        })
    void unknownGrantType_isUnsupported(String grantType) {
      Expect.refused(
          TokenCall.to(gateway)
              .basic(agent.clientId(), agent.secret())
              .param("grant_type", grantType)
              .send(),
          400,
          "unsupported_grant_type");
    }
  }

  @Nested
  @DisplayName("3.3 Access token scope")
  class AccessTokenScope {
    @ParameterizedTest
    @ValueSource(
        strings = {
          "read  write",
          " read",
          "read ",
          "read\twrite",
          "read\nwrite",
          "read\u00a0write",
          "\"read\"",
          "re\\ad",
          "réad",
          "read\u0000",
          "read,\u007f"
        })
    void malformedScope_isInvalidScope(String scope) {
      Expect.invalidScope(call().param("scope", scope).send());
    }

    @ParameterizedTest
    @ValueSource(strings = {" ", "   ", "\t", "\n", " \r\n "})
    void scopeOfWhiteSpace_isInvalidScope(String scope) {
      Expect.invalidScope(call().param("scope", scope).send());
    }

    @Test
    void scopeInOtherCase_isAnotherScope() {
      Expect.invalidScope(call().param("scope", "READ Write").send());
    }

    @Test
    void scopeOrder_isFree() {
      TokenCall.Answer one = Expect.issued(call().param("scope", "read write").send());
      TokenCall.Answer other = Expect.issued(call().param("scope", "write read").send());

      assertThat(other.scope().split(" ")).containsExactlyInAnyOrder("read", "write");
      assertThat(one.scope().split(" ")).containsExactlyInAnyOrder("read", "write");
    }

    @Test
    void scopeNamedTwice_isGivenOnce() {
      assertThat(Expect.issued(call().param("scope", "read read").send()).scope())
          .isEqualTo("read");
    }

    @Test
    void everyCharacterOfTheGrammar_isAccepted() throws Exception {
      StringBuilder all = new StringBuilder();
      for (char c = 0x21; c <= 0x7E; c++) {
        if (c != '"' && c != '\\' && c != '|') {
          all.append(c);
        }
      }
      TestRegistry.Resource odd = registry.service(all.toString());
      TestRegistry.Agent fresh = registry.agent();
      registry.grant(fresh, odd, all.toString());

      TokenCall.Answer answer =
          Expect.issued(TokenCall.by(gateway, fresh).param("scope", all.toString()).send());

      assertThat(answer.scope()).isEqualTo(all.toString());
      assertThat(answer.jwt().getJWTClaimsSet().getStringClaim("scope")).isEqualTo(all.toString());
    }
  }

  @Nested
  @DisplayName("5.1 and 4.4.3 Successful response")
  class SuccessfulResponse {
    @Test
    void success_hasTheMembersAndHeaders() {
      TokenCall.Answer answer =
          call().param("audience", crm.audience()).param("scope", "read delete").send();

      // the members, among them no refresh_token (§4.4.3), and the headers
      Expect.issued(answer);
      assertThat(answer.json().getInteger("expires_in")).isEqualTo(900);
      assertThat(answer.scope()).isEqualTo("read");
    }

    @Test
    void scope_asRequested_isSaidToo() {
      assertThat(Expect.issued(call().param("scope", "read").send()).scope()).isEqualTo("read");
    }
  }

  @Nested
  @DisplayName("5.2 Error response")
  class ErrorResponse {
    @Test
    void grantTypeNotAllowed_rightSecret_isUnauthorizedClient() {
      Expect.refused(
          TokenCall.by(gateway, agentWithoutGrantTypes()).send(), 400, "unauthorized_client");
    }

    @Test
    void grantTypeNotAllowed_wrongSecret_isInvalidClient() {
      Expect.invalidClient(
          TokenCall.to(gateway)
              .basic(agentWithoutGrantTypes().clientId(), "wrong")
              .clientCredentials()
              .send());
    }

    @Test
    void unknownWrongAndDisabled_withBasic_areTheSame() {
      TestRegistry.Agent disabled = disabledAgent();
      TokenCall.Answer unknown = basic("agent-" + "0".repeat(32), agent.secret());
      TokenCall.Answer wrong = basic(newAgent().clientId(), agent.secret());
      TokenCall.Answer disabledRight = basic(disabled.clientId(), disabled.secret());
      TokenCall.Answer disabledWrong = basic(disabled.clientId(), agent.secret());

      Expect.invalidClient(unknown);
      Expect.same(unknown, wrong);
      Expect.same(unknown, disabledRight);
      Expect.same(unknown, disabledWrong);
    }

    @Test
    void unknownWrongAndDisabled_withBody_areTheSame() {
      TestRegistry.Agent disabled = disabledAgent();
      TokenCall.Answer unknown = post("agent-" + "0".repeat(32), agent.secret());
      TokenCall.Answer wrong = post(newAgent().clientId(), agent.secret());
      TokenCall.Answer disabledRight = post(disabled.clientId(), disabled.secret());

      Expect.invalidClient(unknown);
      Expect.same(unknown, wrong);
      Expect.same(unknown, disabledRight);
    }

    @Test
    void clientWithoutCredentials_isAsUnknown() {
      TestRegistry.Agent bare = newAgent();
      registry.run("delete from client_secret where client_id = ?", bare.clientId());

      Expect.same(
          basic("agent-" + "0".repeat(32), bare.secret()), basic(bare.clientId(), bare.secret()));
    }

    @Test
    void service_asClient_isAsUnknown() {
      Expect.same(basic("agent-" + "0".repeat(32), "x"), basic(crm.id(), "x"));
    }

    // error_description: %x20-21 / %x23-5B / %x5D-7E; Expect.refused checks it
    @ParameterizedTest
    @ValueSource(
        strings = {
          "marker\"quoted\"",
          "marker\\back\\slash",
          "marker<script>alert(1)</script>",
          "marker\r\nSet-Cookie: a=b",
          "marker\u0000nul",
          "marker-\u00fcml\u00e4ut-\u2603-\ud83d\ude00",
          "marker\u202ebidi",
          "marker%22%5c%0a",
          "marker{\"error\":\"x\"}",
          "marker${jndi:ldap://x}",
          "marker'; drop table application; --"
        })
    void hostileInput_isNeverEchoed(String hostile) {
      TestRegistry.Agent fresh = newAgent();
      for (TokenCall.Answer answer :
          new TokenCall.Answer[] {
            basic(hostile, "x"),
            basic(fresh.clientId(), hostile),
            post(hostile, hostile),
            TokenCall.by(gateway, fresh).param("scope", hostile).send(),
            TokenCall.by(gateway, fresh).param("audience", hostile).send(),
            TokenCall.by(gateway, fresh).param("resource", hostile).send(),
            TokenCall.by(gateway, fresh).param("client_id", hostile).send(),
            TokenCall.by(gateway, fresh).param("scope" + hostile, "x").send(),
            TokenCall.to(gateway).param("grant_type", hostile).send(),
            TestAssertion.with(TokenCall.to(gateway).clientCredentials(), hostile).send()
          }) {
        assertThat(answer.status()).isBetween(400, 499);
        Expect.refused(answer, answer.status(), answer.error());
        assertThat(answer.response().body()).doesNotContain("marker");
        assertThat(answer.response().headers().map().toString()).doesNotContain("marker");
      }
    }

    private TestRegistry.Agent agentWithoutGrantTypes() {
      TestRegistry.Agent fresh = newAgent();
      registry.run("update application set grant_types = '{}' where id = ?", fresh.clientId());
      return fresh;
    }

    private TestRegistry.Agent disabledAgent() {
      TestRegistry.Agent fresh = newAgent();
      registry.run("update application set status = 'disabled' where id = ?", fresh.clientId());
      return fresh;
    }

    private TokenCall.Answer basic(String clientId, String secret) {
      return TokenCall.to(gateway).basic(clientId, secret).clientCredentials().send();
    }

    private TokenCall.Answer post(String clientId, String secret) {
      return TokenCall.to(gateway)
          .clientCredentials()
          .param("client_id", clientId)
          .param("client_secret", secret)
          .send();
    }
  }
}
