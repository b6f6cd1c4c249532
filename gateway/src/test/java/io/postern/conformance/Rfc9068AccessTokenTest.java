package io.postern.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import io.postern.testing.PublishedKeys;
import io.postern.testing.TestGateway;
import io.postern.testing.TestRegistry;
import io.postern.testing.TokenCall;
import java.time.Instant;
import java.util.Base64;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 9068, JWT Profile for OAuth 2.0 Access Tokens. */
class Rfc9068AccessTokenTest {
  private static TestGateway gateway;
  private static TestRegistry registry;
  private static TestRegistry.Resource crm;
  private static TestRegistry.Agent agent;

  @BeforeAll
  static void start() {
    gateway = TestGateway.start();
    registry = gateway.registry();
    crm = registry.service("read", "write");
    agent = registry.agent();
    registry.grant(agent, crm, "read", "write");
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static TokenCall.Answer token(TestRegistry.Resource resource) {
    return Expect.issued(
        TokenCall.by(gateway, agent).param("audience", resource.audience()).send());
  }

  private static TestRegistry.Resource serviceWith(String column, Object value) {
    TestRegistry.Resource service = registry.service("read");
    registry.run("update application set " + column + " = ? where id = ?", value, service.id());
    registry.grant(agent, service, "read");
    return service;
  }

  private static void verify(SignedJWT jwt) throws Exception {
    assertThat(PublishedKeys.of(gateway).verify(jwt)).isTrue();
  }

  @Nested
  @DisplayName("2.1 Header")
  class Header {
    @Test
    void header_isTypAlgAndKid() {
      SignedJWT jwt = token(crm).jwt();

      assertThat(jwt.getHeader().getType()).isEqualTo(new JOSEObjectType("at+jwt"));
      assertThat(jwt.getHeader().getIncludedParams())
          .containsExactlyInAnyOrder("typ", "alg", "kid");
    }

    @Test
    void alg_byDefault_isEs256() throws Exception {
      SignedJWT jwt = token(crm).jwt();

      assertThat(jwt.getHeader().getAlgorithm().getName()).isEqualTo("ES256");
      verify(jwt);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ES256", "RS256", "PS256", "EdDSA"})
    void alg_ofTheService_signsAndVerifies(String alg) throws Exception {
      SignedJWT jwt = token(serviceWith("signing_alg", alg)).jwt();

      assertThat(jwt.getHeader().getAlgorithm().getName()).isEqualTo(alg);
      verify(jwt);
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "HS256", "ES512", "RS384"})
    void alg_thatIsNotOffered_cannotBeChosen(String alg) {
      assertThatThrownBy(() -> serviceWith("signing_alg", alg))
          .hasMessageContaining("application_signing_alg_check");
    }
  }

  @Nested
  @DisplayName("2.2 Data structure")
  class DataStructure {
    // by name, so that nothing personal or internal can slip in
    @Test
    void claims_areTheseAndNoOthers() throws Exception {
      JWTClaimsSet claims = token(crm).jwt().getJWTClaimsSet();

      assertThat(claims.getClaims().keySet())
          .containsExactlyInAnyOrder(
              "iss", "sub", "aud", "exp", "iat", "jti", "client_id", "scope");
      assertThat(claims.getIssuer()).isEqualTo(gateway.issuer());
      assertThat(claims.getSubject()).isEqualTo(agent.clientId());
      assertThat(claims.getStringClaim("client_id")).isEqualTo(agent.clientId());
      assertThat(claims.getAudience()).containsExactly(crm.audience());
      assertThat(claims.getStringClaim("scope")).isEqualTo("read write");
    }

    @Test
    void claims_doNotNameTheServicesId() throws Exception {
      assertThat(token(crm).jwt().getPayload().toString()).doesNotContain(crm.id());
    }

    @Test
    void iat_isNow() throws Exception {
      Instant before = Instant.now().minusSeconds(1);
      JWTClaimsSet claims = token(crm).jwt().getJWTClaimsSet();

      assertThat(claims.getIssueTime().toInstant()).isBetween(before, Instant.now());
    }

    @Test
    void jti_hasRandomBitsAndIsNewEachTime() throws Exception {
      Set<String> seen = new HashSet<>();
      for (int i = 0; i < 50; i++) {
        String jti = token(crm).jwt().getJWTClaimsSet().getJWTID();
        // 128 bits in base64url: a UUID would be longer and have dashes
        assertThat(Base64.getUrlDecoder().decode(jti)).hasSizeGreaterThanOrEqualTo(16);
        assertThat(seen.add(jti)).isTrue();
      }
    }

    @Test
    void life_byDefault_is900Seconds() throws Exception {
      assertLife(token(crm), 900);
    }

    @ParameterizedTest
    @ValueSource(ints = {60, 3_600, 86_400})
    void life_ofTheService_isTheTokens(int seconds) throws Exception {
      assertLife(token(serviceWith("access_token_ttl_seconds", seconds)), seconds);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 59, 86_401, -1})
    void life_outsideOfTheRange_cannotBeChosen(int seconds) {
      assertThatThrownBy(() -> serviceWith("access_token_ttl_seconds", seconds))
          .hasMessageContaining("application_access_token_ttl_seconds_check");
    }

    private void assertLife(TokenCall.Answer answer, int seconds) throws Exception {
      JWTClaimsSet claims = answer.jwt().getJWTClaimsSet();
      assertThat(answer.json().getInteger("expires_in")).isEqualTo(seconds);
      assertThat(claims.getExpirationTime().toInstant())
          .isEqualTo(claims.getIssueTime().toInstant().plusSeconds(seconds));
    }
  }
}
