package io.postern.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.jose.SignatureAlgorithm;
import io.postern.store.FirstStart;
import io.postern.testing.TestAssertion;
import io.postern.testing.TestKey;
import io.postern.testing.TokenCall;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 6749, The OAuth 2.0 Authorization Framework: client authentication (§2.3). */
class Rfc6749ClientAuthenticationTest extends TokenEndpointFixture {
  @Nested
  @DisplayName("2.3 Client authentication")
  class ClientAuthentication {
    @Test
    void basicAndClientSecret_isInvalidRequest() {
      Expect.invalidRequest(call().param("client_secret", agent.secret()).send());
    }

    @Test
    void basicAndAssertion_isInvalidRequest() {
      TestKey key = TestKey.generate(SignatureAlgorithm.ES256);
      registry.key(agent, key.jwk());
      String assertion = TestAssertion.by(key, agent.clientId(), gateway.issuer()).sign();

      Expect.invalidRequest(TestAssertion.with(call(), assertion).send());
    }

    @Test
    void clientSecretAndAssertion_isInvalidRequest() {
      TestKey key = TestKey.generate(SignatureAlgorithm.ES256);
      registry.key(agent, key.jwk());

      Expect.invalidRequest(
          TestAssertion.call(gateway, key, agent.clientId())
              .param("client_id", agent.clientId())
              .param("client_secret", agent.secret())
              .send());
    }

    @Test
    void twoAuthorizationHeaders_isInvalidRequest() {
      Expect.invalidRequest(call().basic(agent.clientId(), agent.secret()).send());
    }

    @Test
    void emptyClientSecretBesideBasic_isIssued() {
      Expect.issued(call().param("client_secret", "").send());
    }

    @Test
    void clientIdBesideBasic_same_isIssued() {
      Expect.issued(call().param("client_id", agent.clientId()).send());
    }

    @Test
    void clientIdBesideBasic_other_isInvalidRequest() {
      Expect.invalidRequest(call().param("client_id", "somebody-else").send());
    }

    // RFC 7521 §4.2: client_id is unnecessary, and must identify the same client if it is there
    @Test
    void clientIdBesideAssertion_same_isIssued() {
      TestKey key = TestKey.generate(SignatureAlgorithm.ES256);
      registry.key(agent, key.jwk());

      Expect.issued(
          TestAssertion.call(gateway, key, agent.clientId())
              .param("client_id", agent.clientId())
              .send());
    }

    @Test
    void clientIdBesideAssertion_other_isInvalidClient() {
      TestKey key = TestKey.generate(SignatureAlgorithm.ES256);
      registry.key(agent, key.jwk());

      Expect.invalidClient(
          TestAssertion.call(gateway, key, agent.clientId())
              .param("client_id", newAgent().clientId())
              .send());
    }

    @Test
    void noCredentials_isInvalidClient() {
      Expect.invalidClient(TokenCall.to(gateway).clientCredentials().send());
    }

    @Test
    void clientIdAlone_isInvalidClient() {
      Expect.invalidClient(
          TokenCall.to(gateway).clientCredentials().param("client_id", agent.clientId()).send());
    }
  }

  @Nested
  @DisplayName("2.3.1 Client password")
  class ClientPassword {
    @Test
    void basicHeader_rightSecret_isIssued() {
      Expect.issued(call().send());
    }

    @ParameterizedTest
    @ValueSource(strings = {"basic", "BASIC", "bAsIc"})
    void basicHeader_schemeInAnyCase_isIssued(String scheme) {
      String pair = agent.clientId() + ":" + agent.secret();

      Expect.issued(
          TokenCall.to(gateway)
              .clientCredentials()
              .header("Authorization", scheme + " " + base64(pair))
              .send());
    }

    @Test
    void basicHeader_notFormEncoded_isIssuedForGeneratedSecrets() {
      Expect.issued(
          TokenCall.to(gateway)
              .clientCredentials()
              .rawBasic(agent.clientId() + ":" + agent.secret())
              .send());
    }

    @Test
    void basicHeader_formEncodedSecret_isDecoded() {
      Expect.issued(
          TokenCall.to(gateway)
              .clientCredentials()
              .basic(FirstStart.ADMINISTRATOR, AWKWARD_SECRET)
              .param("audience", "urn:postern:admin")
              .send());
    }

    @Test
    void basicHeader_formEncodedClientId_isDecoded() {
      Expect.issued(
          TokenCall.to(gateway)
              .clientCredentials()
              .rawBasic(agent.clientId().replace("-", "%2D") + ":" + agent.secret())
              .send());
    }

    @Test
    void basicHeader_colonInSecret_splitsAtTheFirst() {
      String encoded = URLEncoder.encode(AWKWARD_SECRET, StandardCharsets.UTF_8);

      Expect.issued(
          TokenCall.to(gateway)
              .clientCredentials()
              .rawBasic(FirstStart.ADMINISTRATOR + ":" + encoded.replace("%3A", ":"))
              .param("audience", "urn:postern:admin")
              .send());
    }

    @Test
    void basicHeader_secretDecodedTwice_isInvalidClient() {
      String twice =
          URLEncoder.encode(
              URLEncoder.encode(AWKWARD_SECRET, StandardCharsets.UTF_8), StandardCharsets.UTF_8);

      Expect.invalidClient(
          TokenCall.to(gateway)
              .clientCredentials()
              .rawBasic(FirstStart.ADMINISTRATOR + ":" + twice)
              .send());
    }

    @Test
    void body_rightSecret_isIssued() {
      Expect.issued(
          TokenCall.to(gateway)
              .clientCredentials()
              .param("client_id", agent.clientId())
              .param("client_secret", agent.secret())
              .send());
    }

    @Test
    void body_formEncodedSecret_isDecodedOnce() {
      Expect.issued(
          TokenCall.to(gateway)
              .clientCredentials()
              .param("client_id", FirstStart.ADMINISTRATOR)
              .param("audience", "urn:postern:admin")
              .param("client_secret", AWKWARD_SECRET)
              .send());
    }

    @Test
    void body_secretWithoutClientId_isInvalidClient() {
      Expect.invalidClient(
          TokenCall.to(gateway).clientCredentials().param("client_secret", agent.secret()).send());
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "Basic",
          "Basic ",
          "Basic =",
          "Basic a",
          "Basic !!!!",
          "Basic YWdlbnQ6c2VjcmV0*",
          "Basic YWdlbnQ6-_-_",
          "Basic YWdlbnQ6 c2VjcmV0",
          "Basic YWdlbnQtMTIz",
          "BasicYWdlbnQ6c2VjcmV0",
          "Bearer YWdlbnQ6c2VjcmV0",
          "Digest username=\"agent\"",
          "nonsense"
        })
    void authorizationHeader_brokenBase64OrOtherScheme_isInvalidClient(String header) {
      Expect.invalidClient(
          TokenCall.to(gateway).clientCredentials().header("Authorization", header).send());
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "agent:%",
          "agent:%4",
          "agent:%zz",
          "%:secret",
          "agent:%ff",
          "%c3%28:x",
          ":",
          ""
        })
    void basicHeader_brokenPercentOrUtf8_isInvalidClient(String pair) {
      Expect.invalidClient(TokenCall.to(gateway).clientCredentials().rawBasic(pair).send());
    }

    @Test
    void basicHeader_bytesThatAreNotUtf8_isInvalidClient() {
      byte[] pair = {'a', 'g', 'e', 'n', 't', ':', (byte) 0xFF, (byte) 0xC3};
      String encoded = Base64.getEncoder().encodeToString(pair);

      Expect.invalidClient(
          TokenCall.to(gateway)
              .clientCredentials()
              .header("Authorization", "Basic " + encoded)
              .send());
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          "client_secret=x",
          "client_id=x",
          "client_assertion=x",
          "client_assertion_type=x",
          "a=b&client_secret=x",
          "client_secret",
          "client%5Fsecret=x",
          "grant_type=client_credentials",
          "scope=read",
          "Scopes=read",
          "audience=x",
          "resource=https://x.example"
        })
    void parametersInTheUri_besideRightOnes_isInvalidRequest(String query) {
      Expect.invalidRequest(call().uri(withQuery(query)).send());
    }

    @Test
    void credentialsInTheUri_only_isInvalidRequest() {
      Expect.invalidRequest(
          TokenCall.to(gateway)
              .clientCredentials()
              .uri(withQuery("client_id=" + agent.clientId() + "&client_secret=" + agent.secret()))
              .send());
    }

    @Test
    void credentialsInTheUri_underPercentEncodedNames_isInvalidRequest() {
      Expect.invalidRequest(
          TokenCall.to(gateway)
              .clientCredentials()
              .uri(
                  withQuery(
                      "client%5Fid=" + agent.clientId() + "&client%5Fsecret=" + agent.secret()))
              .send());
    }

    @Test
    void otherQuery_isIgnored() {
      assertThat(call().uri(withQuery("tenant=a&x=%ff")).send().status()).isEqualTo(200);
    }

    private URI withQuery(String query) {
      return URI.create(gateway.tokenEndpoint() + "?" + query);
    }

    private String base64(String pair) {
      return Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.US_ASCII));
    }
  }
}
