package io.postern.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.oauth2.sdk.as.AuthorizationServerMetadata;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import io.postern.testing.ChangedSettings;
import io.postern.testing.TestGateway;
import io.postern.testing.TestRegistry;
import io.postern.testing.TokenCall;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** RFC 8414, OAuth 2.0 Authorization Server Metadata, and OpenID Connect Discovery 1.0. */
class Rfc8414MetadataTest {
  private static final String PATH = "/Tenants/one-1~a";
  private static final String OAUTH = "/.well-known/oauth-authorization-server";
  private static final String OPENID = "/.well-known/openid-configuration";

  private static TestGateway gateway;
  private static TestGateway below;

  @BeforeAll
  static void start() {
    gateway = TestGateway.start();
    below = TestGateway.start(ChangedSettings.issuerPath(PATH));
  }

  @AfterAll
  static void stop() {
    gateway.close();
    below.close();
  }

  private static JsonObject document(TestGateway from, String path) {
    HttpResponse<String> answer = from.get(from.publicUri(path));
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("content-type")).contains("application/json");
    return new JsonObject(answer.body());
  }

  @Nested
  @DisplayName("2 Authorization server metadata")
  class Metadata {
    @ParameterizedTest
    @ValueSource(strings = {OAUTH, OPENID})
    void members_areTheGateways(String path) {
      JsonObject json = document(gateway, path);

      assertThat(json.getString("issuer")).isEqualTo(gateway.issuer());
      assertThat(json.getString("token_endpoint")).isEqualTo(gateway.issuer() + "/oauth2/token");
      assertThat(json.getString("jwks_uri")).isEqualTo(gateway.issuer() + "/oauth2/jwks");
      assertThat(json.getString("authorization_endpoint"))
          .isEqualTo(gateway.issuer() + "/oauth2/authorize");
      assertThat(json.getJsonArray("response_types_supported")).isNotEmpty();
      assertThat(json.getJsonArray("grant_types_supported")).containsExactly("client_credentials");
      assertThat(json.getJsonArray("token_endpoint_auth_methods_supported"))
          .containsExactlyInAnyOrder(
              "client_secret_basic", "client_secret_post", "private_key_jwt");
    }

    @ParameterizedTest
    @ValueSource(strings = {OAUTH, OPENID})
    void assertionAlgorithms_areListedWithoutNoneAndSharedKeys(String path) {
      assertThat(
              document(gateway, path)
                  .getJsonArray("token_endpoint_auth_signing_alg_values_supported"))
          .containsExactlyInAnyOrder(
              "ES256", "ES384", "ES512", "RS256", "PS256", "EdDSA", "Ed25519");
    }

    @ParameterizedTest
    @ValueSource(strings = {OAUTH, OPENID})
    void endpointsAboutTokens_areWhereTheySay_withTheirAuthentication(String path) {
      for (TestGateway from : new TestGateway[] {gateway, below}) {
        JsonObject json =
            document(
                from,
                from == below && path.equals(OAUTH)
                    ? OAUTH + PATH
                    : from == below ? PATH + OPENID : path);
        String base = from.issuer() + "/oauth2/";
        assertThat(json.getString("introspection_endpoint")).isEqualTo(base + "introspect");
        assertThat(json.getString("revocation_endpoint")).isEqualTo(base + "revoke");
        assertThat(json.getString("revocations_endpoint")).isEqualTo(base + "revocations");
        for (String endpoint : new String[] {"introspection", "revocation"}) {
          assertThat(json.getJsonArray(endpoint + "_endpoint_auth_methods_supported"))
              .isEqualTo(json.getJsonArray("token_endpoint_auth_methods_supported"));
          assertThat(json.getJsonArray(endpoint + "_endpoint_auth_signing_alg_values_supported"))
              .isEqualTo(json.getJsonArray("token_endpoint_auth_signing_alg_values_supported"));
          URI uri = URI.create(json.getString(endpoint + "_endpoint"));
          assertThat(from.get(uri).statusCode()).isEqualTo(405);
        }
      }
    }

    @ParameterizedTest
    @ValueSource(strings = {OAUTH, OPENID})
    void arrays_areNeverEmpty(String path) {
      document(gateway, path)
          .forEach(
              member -> {
                assertThat(member.getValue()).as(member.getKey()).isNotNull();
                if (member.getValue() instanceof JsonArray array) {
                  assertThat(array).as(member.getKey()).isNotEmpty();
                }
              });
    }

    @Test
    void stockParsers_takeBothDocuments() throws Exception {
      AuthorizationServerMetadata oauth =
          AuthorizationServerMetadata.parse(document(gateway, OAUTH).encode());
      OIDCProviderMetadata openid = OIDCProviderMetadata.parse(document(gateway, OPENID).encode());

      assertThat(oauth.getIssuer().getValue()).isEqualTo(gateway.issuer());
      assertThat(oauth.getTokenEndpointURI()).isEqualTo(gateway.tokenEndpoint());
      assertThat(openid.getIssuer().getValue()).isEqualTo(gateway.issuer());
      assertThat(openid.getJWKSetURI()).isEqualTo(gateway.jwksUri());
    }

    @ParameterizedTest
    @ValueSource(strings = {OAUTH, OPENID})
    void jwksUri_andTokenEndpoint_areWhereTheySay(String path) {
      JsonObject json = document(gateway, path);

      assertThat(gateway.get(URI.create(json.getString("jwks_uri"))).statusCode()).isEqualTo(200);
      Expect.invalidRequest(
          TokenCall.to(gateway).uri(URI.create(json.getString("token_endpoint"))).send());
    }
  }

  @Nested
  @DisplayName("3 Obtaining metadata")
  class Obtaining {
    @Test
    void issuerWithPath_metadataStandsWithThePathAfterIt() {
      assertThat(document(below, OAUTH + PATH).getString("issuer")).isEqualTo(below.issuer());
      assertThat(below.issuer()).endsWith(PATH);
    }

    @Test
    void issuerWithPath_openidConfigurationStandsBelowTheIssuer() {
      assertThat(document(below, PATH + OPENID).getString("issuer")).isEqualTo(below.issuer());
    }

    @ParameterizedTest
    @ValueSource(
        strings = {
          OAUTH,
          OPENID,
          PATH + OAUTH,
          OPENID + PATH,
          OAUTH + "/tenants/one-1~a",
          OAUTH + PATH + "/"
        })
    void issuerWithPath_otherPlaces_areNotFound(String path) {
      assertThat(Expect.statusOf(below, path)).isEqualTo(404);
    }

    @Test
    void issuerWithPath_endpointsStandBelowIt() throws Exception {
      JsonObject json = document(below, OAUTH + PATH);
      TestRegistry.Resource crm = below.registry().service("read");
      TestRegistry.Agent agent = below.registry().agent();
      below.registry().grant(agent, crm, "read");

      assertThat(json.getString("token_endpoint")).isEqualTo(below.issuer() + "/oauth2/token");
      assertThat(Expect.statusOf(below, PATH + "/oauth2/jwks")).isEqualTo(200);
      assertThat(Expect.statusOf(below, PATH + "/oauth2/authorize")).isEqualTo(400);
      assertThat(Expect.statusOf(below, "/oauth2/jwks")).isEqualTo(404);
      assertThat(
              Expect.issued(TokenCall.by(below, agent).send()).jwt().getJWTClaimsSet().getIssuer())
          .isEqualTo(below.issuer());
    }

    @ParameterizedTest
    @ValueSource(strings = {OAUTH, OPENID})
    void otherMethod_is405WithAllow(String path) {
      HttpResponse<String> answer =
          gateway.send(
              HttpRequest.newBuilder(gateway.publicUri(path))
                  .POST(HttpRequest.BodyPublishers.noBody())
                  .build());

      assertThat(answer.statusCode()).isEqualTo(405);
      assertThat(answer.headers().firstValue("allow")).contains("GET, HEAD");
    }
  }

  @Nested
  @DisplayName("The authorization endpoint that must be published")
  class AuthorizationEndpoint {
    @ParameterizedTest
    @ValueSource(
        strings = {"", "?response_type=code&client_id=x&redirect_uri=https://evil.example.com/"})
    void authorize_saysThatNoInteractiveGrantIsEnabled(String query) {
      HttpResponse<String> answer = gateway.get(gateway.publicUri("/oauth2/authorize" + query));

      assertThat(answer.statusCode()).isEqualTo(400);
      assertThat(answer.headers().firstValue("location")).isEmpty();
      assertThat(answer.headers().firstValue("cache-control")).contains("no-store");
      JsonObject json = new JsonObject(answer.body());
      assertThat(json.getString("error")).isEqualTo("unsupported_response_type");
      assertThat(json.getString("error_description")).isEqualTo("no interactive grant is enabled");
    }
  }
}
