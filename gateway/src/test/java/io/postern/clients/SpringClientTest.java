package io.postern.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.RSAKey;
import io.postern.testing.TestRegistry;
import io.postern.testing.TokenCall;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.security.core.GrantedAuthority;
import org.springframework.security.oauth2.client.endpoint.NimbusJwtClientAuthenticationParametersConverter;
import org.springframework.security.oauth2.client.endpoint.OAuth2ClientCredentialsGrantRequest;
import org.springframework.security.oauth2.client.endpoint.RestClientClientCredentialsTokenResponseClient;
import org.springframework.security.oauth2.client.registration.ClientRegistration;
import org.springframework.security.oauth2.client.registration.ClientRegistrations;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.core.DelegatingOAuth2TokenValidator;
import org.springframework.security.oauth2.core.OAuth2AuthenticatedPrincipal;
import org.springframework.security.oauth2.core.OAuth2AuthorizationException;
import org.springframework.security.oauth2.core.endpoint.OAuth2AccessTokenResponse;
import org.springframework.security.oauth2.jose.jws.SignatureAlgorithm;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtTimestampValidator;
import org.springframework.security.oauth2.jwt.JwtValidationException;
import org.springframework.security.oauth2.jwt.JwtValidators;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.server.resource.introspection.BadOpaqueTokenException;
import org.springframework.security.oauth2.server.resource.introspection.OpaqueTokenIntrospector;
import org.springframework.security.oauth2.server.resource.introspection.SpringOpaqueTokenIntrospector;
import org.springframework.util.LinkedMultiValueMap;
import org.springframework.web.client.HttpClientErrorException;

/**
 * Spring Security as client and as resource server, both by discovery. It knows no EdDSA, as its
 * JOSE is Nimbus without Tink.
 */
class SpringClientTest {
  private static ClientFixture fixture;

  @BeforeAll
  static void start() {
    fixture = new ClientFixture();
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @ParameterizedTest
  @CsvSource({
    "client_secret_basic,ES256,audience",
    "client_secret_basic,RS256,resource",
    "client_secret_basic,PS256,audience",
    "client_secret_post,ES256,resource",
    "client_secret_post,RS256,audience"
  })
  void secret_token_isVerified(String method, String alg, String parameter) {
    TestRegistry.Resource service = fixture.service(alg);
    OAuth2AccessTokenResponse response =
        client(service, parameter)
            .getTokenResponse(request(fixture.agent, new ClientAuthenticationMethod(method)));
    assertIssued(response, fixture.agent, service, alg);
  }

  @ParameterizedTest
  @CsvSource({"ES256,audience", "RS256,resource", "PS256,audience"})
  void privateKeyJwt_token_isVerified(String alg, String parameter) {
    TestRegistry.Resource service = fixture.service(alg);
    RestClientClientCredentialsTokenResponseClient client = client(service, parameter);
    client.addParametersConverter(assertions(alg, fixture.gateway.issuer()));
    OAuth2AccessTokenResponse response =
        client.getTokenResponse(request(fixture.agent, ClientAuthenticationMethod.PRIVATE_KEY_JWT));
    assertIssued(response, fixture.agent, service, alg);
  }

  // Spring names the token endpoint as the audience unless it is told otherwise
  @Test
  void privateKeyJwt_asItComes_needsTheTolerance() {
    TestRegistry.Resource service = fixture.service("ES256");
    TestRegistry.Agent agent = fixture.agentFor(service);
    RestClientClientCredentialsTokenResponseClient client = client(service, "audience");
    client.addParametersConverter(assertions("ES256", null));
    OAuth2ClientCredentialsGrantRequest request =
        request(agent, ClientAuthenticationMethod.PRIVATE_KEY_JWT);

    assertUnauthorized(() -> client.getTokenResponse(request));
    fixture.tolerateTokenEndpoint(agent);
    assertIssued(client.getTokenResponse(request), agent, service, "ES256");
  }

  @Test
  void error_isReadAsOne() {
    TestRegistry.Resource service = fixture.service("ES256");
    TestRegistry.Agent stranger = fixture.gateway.registry().agent();
    assertThatThrownBy(
            () ->
                client(service, "audience")
                    .getTokenResponse(
                        request(stranger, ClientAuthenticationMethod.CLIENT_SECRET_BASIC)))
        .isInstanceOfSatisfying(
            OAuth2AuthorizationException.class,
            e -> assertThat(e.getError().getErrorCode()).isEqualTo("invalid_target"));
  }

  @Test
  void secret_wrong_isRefused() {
    TestRegistry.Resource service = fixture.service("ES256");
    TestRegistry.Agent wrong =
        new TestRegistry.Agent(fixture.gateway.registry().agent().clientId(), "wrong");
    assertUnauthorized(
        () ->
            client(service, "audience")
                .getTokenResponse(request(wrong, ClientAuthenticationMethod.CLIENT_SECRET_BASIC)));
  }

  // Spring reads the error code of a 400 alone; of a 401 it has the status and the body's text
  private static void assertUnauthorized(ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOf(OAuth2AuthorizationException.class)
        .hasCauseInstanceOf(HttpClientErrorException.Unauthorized.class)
        .hasStackTraceContaining("invalid_client");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ES256", "RS256", "PS256"})
  void token_forAnotherService_isRefused(String alg) {
    String token = fixture.token(fixture.service(alg));
    TestRegistry.Resource other = fixture.service(alg);
    assertThatThrownBy(() -> decoder(fixture.agent, other, alg, 0).decode(token))
        .isInstanceOf(JwtValidationException.class)
        .hasMessageContaining("aud");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ES256", "RS256", "PS256"})
  void token_expired_isRefused(String alg) {
    TestRegistry.Resource service = fixture.service(alg);
    String token = fixture.token(service);
    decoder(fixture.agent, service, alg, 30).decode(token);
    assertThatThrownBy(() -> decoder(fixture.agent, service, alg, 61).decode(token))
        .isInstanceOf(JwtValidationException.class)
        .hasMessageContaining("expired");
  }

  @Test
  void token_ofAnotherAlgorithm_isRefused() {
    TestRegistry.Resource service = fixture.service("RS256");
    String token = fixture.token(service);
    assertThatThrownBy(() -> decoder(fixture.agent, service, "ES256", 0).decode(token))
        .isInstanceOf(BadJwtException.class);
  }

  @Test
  void opaqueToken_isReadByIntrospection_untilItIsEnded() {
    TestRegistry.Resource service = fixture.service("ES256");
    String token = fixture.token(service);
    OpaqueTokenIntrospector introspector =
        SpringOpaqueTokenIntrospector.withIntrospectionUri(
                fixture.gateway.publicUri("/oauth2/introspect").toString())
            .clientId(service.id())
            .clientSecret(fixture.gateway.registry().secret(service.id()))
            .build();
    OAuth2AuthenticatedPrincipal principal = introspector.introspect(token);
    assertThat(principal.getName()).isEqualTo(fixture.agent.clientId());
    assertThat(principal.getAuthorities())
        .extracting(GrantedAuthority::getAuthority)
        .containsExactly("SCOPE_read");
    assertThat(principal.<List<String>>getAttribute("aud")).containsExactly(service.audience());

    TokenCall.to(fixture.gateway)
        .uri(fixture.gateway.publicUri("/oauth2/revoke"))
        .basic(fixture.agent.clientId(), fixture.agent.secret())
        .param("token", token)
        .send();
    assertThatThrownBy(() -> introspector.introspect(token))
        .isInstanceOf(BadOpaqueTokenException.class);
  }

  private static void assertIssued(
      OAuth2AccessTokenResponse response,
      TestRegistry.Agent agent,
      TestRegistry.Resource service,
      String alg) {
    assertThat(response.getAccessToken().getScopes()).containsExactly("read");
    assertThat(response.getRefreshToken()).isNull();
    Jwt jwt = decoder(agent, service, alg, 0).decode(response.getAccessToken().getTokenValue());
    assertThat(jwt.getSubject()).isEqualTo(agent.clientId());
    assertThat(jwt.getAudience()).containsExactly(service.audience());
    assertThat(jwt.getClaimAsString("scope")).isEqualTo("read");
  }

  private static OAuth2ClientCredentialsGrantRequest request(
      TestRegistry.Agent agent, ClientAuthenticationMethod method) {
    ClientRegistration registration =
        ClientRegistrations.fromIssuerLocation(fixture.gateway.issuer())
            .registrationId("postern")
            .clientId(agent.clientId())
            .clientSecret(agent.secret())
            .clientAuthenticationMethod(method)
            .authorizationGrantType(AuthorizationGrantType.CLIENT_CREDENTIALS)
            .scope("read", "write")
            .build();
    return new OAuth2ClientCredentialsGrantRequest(registration);
  }

  private static RestClientClientCredentialsTokenResponseClient client(
      TestRegistry.Resource service, String parameter) {
    RestClientClientCredentialsTokenResponseClient client =
        new RestClientClientCredentialsTokenResponseClient();
    client.addParametersConverter(
        request -> {
          LinkedMultiValueMap<String, String> parameters = new LinkedMultiValueMap<>();
          parameters.add(parameter, service.audience());
          return parameters;
        });
    return client;
  }

  /** Assertions with that algorithm, for that audience or for the one that Spring takes. */
  private static NimbusJwtClientAuthenticationParametersConverter<
          OAuth2ClientCredentialsGrantRequest>
      assertions(String alg, String audience) {
    JWK key =
        alg.equals("ES256")
            ? fixture.ecKey
            : new RSAKey.Builder(fixture.rsaKey).algorithm(JWSAlgorithm.parse(alg)).build();
    NimbusJwtClientAuthenticationParametersConverter<OAuth2ClientCredentialsGrantRequest>
        converter = new NimbusJwtClientAuthenticationParametersConverter<>(registration -> key);
    if (audience != null) {
      converter.setJwtClientAssertionCustomizer(
          context -> context.getClaims().audience(List.of(audience)));
    }
    return converter;
  }

  private static NimbusJwtDecoder decoder(
      TestRegistry.Agent agent, TestRegistry.Resource service, String alg, int secondsAhead) {
    NimbusJwtDecoder decoder =
        NimbusJwtDecoder.withIssuerLocation(fixture.gateway.issuer())
            .jwsAlgorithm(SignatureAlgorithm.from(alg))
            // the validator below checks typ
            .validateType(false)
            .build();
    JwtTimestampValidator timestamps = new JwtTimestampValidator(Duration.ZERO);
    timestamps.setClock(Clock.offset(Clock.systemUTC(), Duration.ofSeconds(secondsAhead)));
    decoder.setJwtValidator(
        new DelegatingOAuth2TokenValidator<>(
            timestamps,
            JwtValidators.createAtJwtValidator()
                .issuer(fixture.gateway.issuer())
                .audience(service.audience())
                .clientId(agent.clientId())
                .build()));
    return decoder;
  }
}
