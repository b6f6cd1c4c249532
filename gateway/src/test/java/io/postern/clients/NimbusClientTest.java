package io.postern.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.proc.DefaultJWTClaimsVerifier;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import com.nimbusds.oauth2.sdk.AccessTokenResponse;
import com.nimbusds.oauth2.sdk.ClientCredentialsGrant;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenErrorResponse;
import com.nimbusds.oauth2.sdk.TokenIntrospectionRequest;
import com.nimbusds.oauth2.sdk.TokenIntrospectionResponse;
import com.nimbusds.oauth2.sdk.TokenIntrospectionSuccessResponse;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.TokenResponse;
import com.nimbusds.oauth2.sdk.TokenRevocationRequest;
import com.nimbusds.oauth2.sdk.as.AuthorizationServerMetadata;
import com.nimbusds.oauth2.sdk.auth.ClientAuthentication;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.auth.JWTAuthenticationClaimsSet;
import com.nimbusds.oauth2.sdk.auth.PrivateKeyJWT;
import com.nimbusds.oauth2.sdk.auth.Secret;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.id.Audience;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.token.AccessTokenType;
import com.nimbusds.oauth2.sdk.token.BearerAccessToken;
import io.postern.testing.TestRegistry;
import java.net.URI;
import java.security.PrivateKey;
import java.time.Instant;
import java.util.Date;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The Nimbus OAuth 2.0 SDK as client and Nimbus JOSE+JWT as verifier. EdDSA is missing here: Nimbus
 * takes it from Tink, which is not on the class path.
 */
class NimbusClientTest {
  private static final String INTROSPECTION_JWT = "application/token-introspection+jwt";

  private static ClientFixture fixture;
  private static AuthorizationServerMetadata metadata;
  private static JWKSource<SecurityContext> jwks;

  @BeforeAll
  static void start() throws Exception {
    fixture = new ClientFixture();
    metadata = AuthorizationServerMetadata.resolve(new Issuer(fixture.gateway.issuer()));
    jwks =
        JWKSourceBuilder.<SecurityContext>create(metadata.getJWKSetURI().toURL())
            .retrying(false)
            .build();
  }

  @AfterAll
  static void stop() {
    fixture.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"ES256", "RS256", "PS256"})
  void clientSecretBasic_token_isVerified(String alg) throws Exception {
    TestRegistry.Resource service = fixture.service(alg);
    assertIssued(new ClientSecretBasic(clientId(), secret()), service, alg);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ES256", "RS256", "PS256"})
  void clientSecretPost_token_isVerified(String alg) throws Exception {
    TestRegistry.Resource service = fixture.service(alg);
    assertIssued(new ClientSecretPost(clientId(), secret()), service, alg);
  }

  @ParameterizedTest
  @ValueSource(strings = {"ES256", "RS256", "PS256"})
  void privateKeyJwt_token_isVerified(String alg) throws Exception {
    TestRegistry.Resource service = fixture.service(alg);
    assertIssued(privateKeyJwt(clientId(), alg, fixture.gateway.issuer()), service, alg);
  }

  // what the SDK's short constructors name as the audience
  @Test
  void privateKeyJwt_forTheTokenEndpoint_needsTheTolerance() throws Exception {
    TestRegistry.Resource service = fixture.service("ES256");
    TestRegistry.Agent agent = fixture.agentFor(service);
    ClientID id = new ClientID(agent.clientId());
    URI endpoint = metadata.getTokenEndpointURI();

    TokenResponse refused =
        send(
            new PrivateKeyJWT(
                id,
                endpoint,
                JWSAlgorithm.ES256,
                fixture.ecKey.toPrivateKey(),
                fixture.ecKey.getKeyID(),
                null),
            service);
    assertThat(refused).isInstanceOf(TokenErrorResponse.class);
    assertThat(refused.toErrorResponse().getErrorObject().getCode()).isEqualTo("invalid_client");

    fixture.tolerateTokenEndpoint(agent);
    assertThat(
            send(
                    new PrivateKeyJWT(
                        id,
                        endpoint,
                        JWSAlgorithm.ES256,
                        fixture.ecKey.toPrivateKey(),
                        fixture.ecKey.getKeyID(),
                        null),
                    service)
                .indicatesSuccess())
        .isTrue();
  }

  @Test
  void error_isReadAsOne() throws Exception {
    TestRegistry.Resource service = fixture.service("ES256");
    TokenResponse response =
        send(
            new ClientSecretBasic(
                new ClientID(fixture.gateway.registry().agent().clientId()), new Secret("wrong")),
            service);
    TokenErrorResponse error = response.toErrorResponse();
    assertThat(error.getErrorObject().getHTTPStatusCode()).isEqualTo(401);
    assertThat(error.getErrorObject().getCode()).isEqualTo("invalid_client");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ES256", "RS256", "PS256"})
  void token_forAnotherService_isRefused(String alg) {
    String token = fixture.token(fixture.service(alg));
    TestRegistry.Resource other = fixture.service(alg);
    assertThatThrownBy(() -> verify(token, other, alg, 0))
        .isInstanceOf(BadJOSEException.class)
        .hasMessageContaining("aud");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ES256", "RS256", "PS256"})
  void token_expired_isRefused(String alg) throws Exception {
    TestRegistry.Resource service = fixture.service(alg);
    String token = fixture.token(service);
    verify(token, service, alg, 30);
    assertThatThrownBy(() -> verify(token, service, alg, 61 + 60))
        .isInstanceOf(BadJOSEException.class)
        .hasMessageContaining("Expired");
  }

  // RFC 8725 §3.1: a verifier that takes one algorithm does not take another
  @Test
  void token_ofAnotherAlgorithm_isRefused() {
    TestRegistry.Resource service = fixture.service("RS256");
    String token = fixture.token(service);
    assertThatThrownBy(() -> verify(token, service, "ES256", 0))
        .isInstanceOf(BadJOSEException.class);
  }

  @Test
  void introspection_andRevocation_areReadAsTheSdkReadsThem() throws Exception {
    TestRegistry.Resource service = fixture.service("RS256");
    BearerAccessToken token = new BearerAccessToken(fixture.token(service));
    ClientAuthentication verifier =
        new ClientSecretBasic(
            new ClientID(service.id()),
            new Secret(fixture.gateway.registry().secret(service.id())));
    TokenIntrospectionSuccessResponse active = introspect(verifier, token);
    assertThat(active.isActive()).isTrue();
    assertThat(active.getScope()).isEqualTo(new Scope("read"));
    assertThat(active.getClientID()).isEqualTo(clientId());
    assertThat(active.getSubject().getValue()).isEqualTo(fixture.agent.clientId());
    assertThat(active.getAudience()).containsExactly(new Audience(service.audience()));
    assertThat(active.getIssuer()).isEqualTo(new Issuer(fixture.gateway.issuer()));
    assertThat(active.getTokenType()).isEqualTo(AccessTokenType.BEARER);
    assertThat(active.getJWTID().getValue()).isNotEmpty();
    assertThat(introspect(new ClientSecretBasic(clientId(), secret()), token).isActive()).isTrue();

    TokenRevocationRequest revocation =
        new TokenRevocationRequest(
            metadata.getRevocationEndpointURI(),
            privateKeyJwt(clientId(), "ES256", fixture.gateway.issuer()),
            token);
    assertThat(revocation.toHTTPRequest().send().indicatesSuccess()).isTrue();
    assertThat(introspect(verifier, token).isActive()).isFalse();
  }

  @Test
  void signedIntrospection_isVerifiedAsAResourceServerDoes() throws Exception {
    TestRegistry.Resource service = fixture.service("PS256");
    ClientAuthentication verifier =
        new ClientSecretPost(
            new ClientID(service.id()),
            new Secret(fixture.gateway.registry().secret(service.id())));
    String jwt =
        request(verifier, new BearerAccessToken(fixture.token(service)), INTROSPECTION_JWT)
            .send()
            .getBody();
    DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
    processor.setJWSTypeVerifier(
        new DefaultJOSEObjectTypeVerifier<>(new JOSEObjectType("token-introspection+jwt")));
    processor.setJWSKeySelector(new JWSVerificationKeySelector<>(JWSAlgorithm.PS256, jwks));
    processor.setJWTClaimsSetVerifier(
        new DefaultJWTClaimsVerifier<>(
            service.id(),
            new JWTClaimsSet.Builder().issuer(fixture.gateway.issuer()).build(),
            Set.of("iat", "token_introspection")));
    assertThat(processor.process(jwt, null).getJSONObjectClaim("token_introspection"))
        .containsEntry("active", true)
        .containsEntry("client_id", fixture.agent.clientId());
  }

  private static HTTPRequest request(
      ClientAuthentication caller, BearerAccessToken token, String accept) {
    HTTPRequest request =
        new TokenIntrospectionRequest(metadata.getIntrospectionEndpointURI(), caller, token)
            .toHTTPRequest();
    request.setAccept(accept);
    return request;
  }

  private static TokenIntrospectionSuccessResponse introspect(
      ClientAuthentication caller, BearerAccessToken token) throws Exception {
    return TokenIntrospectionResponse.parse(request(caller, token, "application/json").send())
        .toSuccessResponse();
  }

  private static void assertIssued(
      ClientAuthentication authentication, TestRegistry.Resource service, String alg)
      throws Exception {
    TokenResponse response = send(authentication, service);
    assertThat(response.indicatesSuccess()).isTrue();
    AccessTokenResponse success = response.toSuccessResponse();
    assertThat(success.getTokens().getAccessToken().getScope()).isEqualTo(new Scope("read"));
    assertThat(success.getTokens().getAccessToken().getLifetime()).isEqualTo(60);
    assertThat(success.getTokens().getRefreshToken()).isNull();
    JWTClaimsSet claims = verify(success.getTokens().getAccessToken().getValue(), service, alg, 0);
    assertThat(claims.getSubject()).isEqualTo(authentication.getClientID().getValue());
    assertThat(claims.getStringClaim("scope")).isEqualTo("read");
  }

  private static TokenResponse send(
      ClientAuthentication authentication, TestRegistry.Resource service) throws Exception {
    TokenRequest request =
        new TokenRequest.Builder(
                metadata.getTokenEndpointURI(), authentication, new ClientCredentialsGrant())
            .scope(new Scope("read", "write"))
            .resource(URI.create(service.audience()))
            .build();
    return TokenResponse.parse(request.toHTTPRequest().send());
  }

  private static PrivateKeyJWT privateKeyJwt(ClientID id, String alg, String audience)
      throws JOSEException {
    boolean ec = alg.equals("ES256");
    PrivateKey key = ec ? fixture.ecKey.toPrivateKey() : fixture.rsaKey.toPrivateKey();
    return new PrivateKeyJWT(
        new JWTAuthenticationClaimsSet(id, new Audience(audience)),
        JWSAlgorithm.parse(alg),
        key,
        ec ? fixture.ecKey.getKeyID() : fixture.rsaKey.getKeyID(),
        null);
  }

  /** Verifies as a resource server does whose clock is ahead. */
  private static JWTClaimsSet verify(
      String token, TestRegistry.Resource service, String alg, int secondsAhead) throws Exception {
    DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
    processor.setJWSTypeVerifier(new DefaultJOSEObjectTypeVerifier<>(new JOSEObjectType("at+jwt")));
    processor.setJWSKeySelector(new JWSVerificationKeySelector<>(JWSAlgorithm.parse(alg), jwks));
    processor.setJWTClaimsSetVerifier(
        new DefaultJWTClaimsVerifier<>(
            service.audience(),
            new JWTClaimsSet.Builder().issuer(fixture.gateway.issuer()).build(),
            Set.of("sub", "exp", "iat", "jti", "client_id", "scope")) {
          @Override
          protected Date currentTime() {
            return Date.from(Instant.now().plusSeconds(secondsAhead));
          }
        });
    return processor.process(token, null);
  }

  private static ClientID clientId() {
    return new ClientID(fixture.agent.clientId());
  }

  private static Secret secret() {
    return new Secret(fixture.agent.secret());
  }
}
