package io.postern.http;

import io.postern.jose.SignatureAlgorithm;
import io.postern.oauth.AuthenticationMethod;
import io.postern.oauth.GrantType;
import io.postern.oauth.Issuer;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/** Authorization server metadata (RFC 8414 §2) and OpenID Provider metadata (Discovery §3). */
public final class MetadataEndpoint {
  private static final int MAX_AGE_SECONDS = 300;

  private final Answers.CacheableJson oauth;
  private final Answers.CacheableJson openid;

  public MetadataEndpoint(Issuer issuer) {
    this.oauth = Answers.CacheableJson.of(metadata(issuer).encode(), MAX_AGE_SECONDS);
    // Discovery §3 requires two members more.
    this.openid =
        Answers.CacheableJson.of(
            metadata(issuer)
                .put("subject_types_supported", new JsonArray().add("public"))
                .put("id_token_signing_alg_values_supported", new JsonArray().add("RS256"))
                .encode(),
            MAX_AGE_SECONDS);
  }

  /** Binds the routes. */
  public void mount(PublicRoutes routes) {
    routes.wellKnown("oauth-authorization-server", oauth::answer);
    // Discovery §4: below the issuer's path
    routes.document("/.well-known/openid-configuration", openid::answer);
  }

  private static JsonObject metadata(Issuer issuer) {
    return new JsonObject()
        .put("issuer", issuer.identifier())
        // Required by many clients, though no interactive grant is there to begin at it yet.
        .put("authorization_endpoint", issuer.authorizationEndpoint())
        .put("response_types_supported", new JsonArray().add("code"))
        .put("token_endpoint", issuer.tokenEndpoint())
        .put("jwks_uri", issuer.jwksUri())
        .put("grant_types_supported", array(GrantType.values(), GrantType::value))
        .put("token_endpoint_auth_methods_supported", authenticationMethods())
        .put("token_endpoint_auth_signing_alg_values_supported", assertionAlgorithms())
        .put("introspection_endpoint", issuer.introspectionEndpoint())
        .put("introspection_endpoint_auth_methods_supported", authenticationMethods())
        .put("introspection_endpoint_auth_signing_alg_values_supported", assertionAlgorithms())
        // RFC 9701 §7
        .put("introspection_signing_alg_values_supported", signingAlgorithms())
        .put("revocation_endpoint", issuer.revocationEndpoint())
        .put("revocation_endpoint_auth_methods_supported", authenticationMethods())
        .put("revocation_endpoint_auth_signing_alg_values_supported", assertionAlgorithms())
        // our own: where verifiers follow what has ended before its time
        .put("revocations_endpoint", issuer.revocationsEndpoint());
  }

  // RFC 8414 §2: present, as private_key_jwt is; never "none". RFC 9864: Ed25519 is EdDSA's new
  // name
  private static JsonArray assertionAlgorithms() {
    List<String> names =
        Stream.concat(
                Arrays.stream(SignatureAlgorithm.values()).map(SignatureAlgorithm::value),
                Stream.of("Ed25519"))
            .toList();
    return new JsonArray(names);
  }

  private static JsonArray authenticationMethods() {
    return array(AuthenticationMethod.values(), AuthenticationMethod::value);
  }

  private static JsonArray signingAlgorithms() {
    return new JsonArray(
        SignatureAlgorithm.FOR_TOKENS.stream().map(SignatureAlgorithm::value).toList());
  }

  private static <T> JsonArray array(T[] values, Function<T, String> name) {
    return new JsonArray(Arrays.stream(values).map(name).toList());
  }
}
