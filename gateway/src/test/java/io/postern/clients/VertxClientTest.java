package io.postern.clients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postern.crypto.CryptoProvider;
import io.postern.jose.SignatureAlgorithm;
import io.postern.jose.SigningKey;
import io.postern.jose.SigningKeyGenerator;
import io.postern.jose.SigningKeys;
import io.postern.testing.TestRegistry;
import io.postern.token.AccessTokenClaims;
import io.postern.token.AccessTokenSigner;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.auth.JWTOptions;
import io.vertx.ext.auth.User;
import io.vertx.ext.auth.authentication.TokenCredentials;
import io.vertx.ext.auth.jwt.JWTAuth;
import io.vertx.ext.auth.jwt.JWTAuthOptions;
import io.vertx.ext.auth.oauth2.OAuth2Auth;
import io.vertx.ext.auth.oauth2.OAuth2FlowType;
import io.vertx.ext.auth.oauth2.OAuth2Options;
import io.vertx.ext.auth.oauth2.Oauth2Credentials;
import io.vertx.ext.auth.oauth2.providers.OpenIDConnectAuth;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Vert.x OAuth2 as client, by discovery, and Vert.x JWT as verifier. */
class VertxClientTest {
  private static ClientFixture fixture;
  private static Vertx vertx;

  @BeforeAll
  static void start() {
    vertx = Vertx.vertx();
    fixture = new ClientFixture();
  }

  @AfterAll
  static void stop() {
    fixture.close();
    vertx.close().await();
  }

  // It has no parameter for the audience: it is named inside the scope.
  @ParameterizedTest
  @ValueSource(strings = {"ES256", "RS256", "PS256", "EdDSA"})
  void clientSecretBasic_token_isVerified(String alg) {
    TestRegistry.Resource service = fixture.service(alg);
    assertIssued(discover(options().setUseBasicAuthorization(true)), service);
  }

  @Test
  void clientSecretPost_token_isVerified() {
    assertIssued(discover(options().setUseBasicAuthorization(false)), fixture.service("ES256"));
  }

  @Test
  void configuredByHand_token_isVerified() {
    OAuth2Auth client =
        OAuth2Auth.create(
            vertx,
            options()
                .setTokenPath("/oauth2/token")
                .setJwkPath("/oauth2/jwks")
                .setAuthorizationPath("/oauth2/authorize"));
    assertIssued(client, fixture.service("ES256"));
  }

  @Test
  void secret_wrong_isRefused() {
    OAuth2Options wrong =
        options()
            .setClientId(fixture.gateway.registry().agent().clientId())
            .setClientSecret("wrong");
    OAuth2Auth client = discover(wrong);
    assertThatThrownBy(
            () ->
                client.authenticate(new Oauth2Credentials().setFlow(OAuth2FlowType.CLIENT)).await())
        .hasMessageContaining("client authentication failed");
  }

  @ParameterizedTest
  @ValueSource(strings = {"ES256", "RS256", "PS256", "EdDSA"})
  void token_forAnotherService_isRefused(String alg) {
    TestRegistry.Resource service = fixture.service(alg);
    String token = fixture.token(service);
    JsonObject jwks = new JsonObject(fixture.gateway.get(fixture.gateway.jwksUri()).body());
    assertThat(verify(token, jwks, service.audience()).principal()).isNotNull();
    assertThatThrownBy(() -> verify(token, jwks, fixture.service(alg).audience()))
        .hasMessageContaining("audience");
  }

  // It has no clock to set, so the token is one of the signer's that is old.
  @ParameterizedTest
  @EnumSource(
      value = SignatureAlgorithm.class,
      names = {"ES256", "RS256", "PS256", "EDDSA"})
  void token_expired_isRefused(SignatureAlgorithm algorithm) {
    CryptoProvider crypto = CryptoProvider.best();
    SigningKey key = new SigningKeyGenerator(crypto).generate(algorithm, SigningKey.State.ACTIVE);
    JsonObject jwks = new JsonObject(new SigningKeys(List.of(key)).jwkSet());
    long now = Instant.now().getEpochSecond();
    AccessTokenSigner signer = new AccessTokenSigner(crypto);

    String good = signer.sign(claims(now - 61, now + 60), key);
    String old = signer.sign(claims(now - 61, now - 1), key);

    assertThat(verify(good, jwks, "urn:a").principal()).isNotNull();
    assertThatThrownBy(() -> verify(old, jwks, "urn:a")).hasMessageContaining("expired");
  }

  private static AccessTokenClaims claims(long issuedAt, long expiresAt) {
    return new AccessTokenClaims(
        fixture.gateway.issuer(), "an-agent", "urn:a", "read", issuedAt, expiresAt, "jti");
  }

  private static void assertIssued(OAuth2Auth client, TestRegistry.Resource service) {
    User user =
        client
            .authenticate(
                new Oauth2Credentials()
                    .setFlow(OAuth2FlowType.CLIENT)
                    .addScope(service.audience() + "|read"))
            .await();
    JsonObject principal = user.principal();
    assertThat(principal.getString("scope")).isEqualTo("read");
    JsonObject jwks = new JsonObject(fixture.gateway.get(fixture.gateway.jwksUri()).body());
    User verified = verify(principal.getString("access_token"), jwks, service.audience());
    assertThat(verified.subject()).isEqualTo(fixture.agent.clientId());
    client.close();
  }

  private static User verify(String token, JsonObject jwks, String audience) {
    JWTAuthOptions options =
        new JWTAuthOptions()
            .setJWTOptions(
                new JWTOptions().setIssuer(fixture.gateway.issuer()).addAudience(audience));
    for (int i = 0; i < jwks.getJsonArray("keys").size(); i++) {
      options.addJwk(jwks.getJsonArray("keys").getJsonObject(i));
    }
    return JWTAuth.create(vertx, options).authenticate(new TokenCredentials(token)).await();
  }

  private static OAuth2Auth discover(OAuth2Options options) {
    return OpenIDConnectAuth.discover(vertx, options).await();
  }

  private static OAuth2Options options() {
    return new OAuth2Options()
        .setSite(fixture.gateway.issuer())
        .setClientId(fixture.agent.clientId())
        .setClientSecret(fixture.agent.secret());
  }
}
