package io.postern.vault;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A client at a provider's token endpoint, without its secret (RFC 6749 §4.4).
 *
 * @param tokenEndpoint an absolute URL
 * @param scope what is asked for; null for what the provider gives
 * @param publicJwk of {@code private_key_jwt}: the key that the provider is to be told, as JSON;
 *     null with the other methods
 */
public record OAuthClient(
    String tokenEndpoint,
    String clientId,
    @Nullable String scope,
    AuthMethod authMethod,
    @Nullable String publicJwk) {

  /** How the client authenticates (OpenID Connect Core §9). */
  public enum AuthMethod {
    CLIENT_SECRET_BASIC,
    CLIENT_SECRET_POST,
    PRIVATE_KEY_JWT;

    private final String value = name().toLowerCase(Locale.ROOT);

    /** The registered name. */
    public String value() {
      return value;
    }

    /** The method of that name, or null. */
    public static @Nullable AuthMethod find(@Nullable String value) {
      for (AuthMethod method : values()) {
        if (method.value.equals(value)) {
          return method;
        }
      }
      return null;
    }
  }

  /** What the database says; null when that makes no client. */
  public static @Nullable OAuthClient find(JsonNode json) {
    String tokenEndpoint = json.path("token_endpoint").textValue();
    String clientId = json.path("client_id").textValue();
    AuthMethod method =
        json.has("auth_method")
            ? AuthMethod.find(json.path("auth_method").textValue())
            : AuthMethod.CLIENT_SECRET_BASIC;
    JsonNode jwk = json.path("public_jwk");
    return tokenEndpoint == null || clientId == null || method == null
        ? null
        : new OAuthClient(
            tokenEndpoint,
            clientId,
            json.path("scope").textValue(),
            method,
            jwk.isObject() ? jwk.toString() : null);
  }
}
