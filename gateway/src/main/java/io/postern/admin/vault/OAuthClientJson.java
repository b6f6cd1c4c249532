package io.postern.admin.vault;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.admin.protocol.JsonFields;
import io.postern.vault.OAuthClient.AuthMethod;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** A client at a provider, as the admin API reads, keeps and shows it: without its secret. */
public final class OAuthClientJson {
  public static final String MEMBER = "oauth_client";
  static final String CLIENT_SECRET = "client_secret";
  public static final String PUBLIC_JWK = "public_jwk";

  private static final String TOKEN_ENDPOINT = "token_endpoint";
  private static final String CLIENT_ID = "client_id";
  private static final String SCOPE = "scope";
  private static final String AUTH_METHOD = "auth_method";

  private OAuthClientJson() {}

  /**
   * The client that a body is about to create.
   *
   * @param client the member; takes what is wrong
   */
  static ObjectNode created(JsonFields client, ObjectNode given, boolean allowsHttp) {
    ObjectNode created = named(client, given, allowsHttp);
    created.remove(CLIENT_SECRET);
    boolean hasSecret = client.find(CLIENT_SECRET) != null;
    if (usesKeyPair(created) && hasSecret) {
      client.fault(CLIENT_SECRET, "is not for private_key_jwt: the gateway makes a key pair");
    } else if (!usesKeyPair(created) && !hasSecret) {
      client.fault(CLIENT_SECRET, "is required");
    }
    return created;
  }

  /**
   * The client that a body names, whatever it proves itself by.
   *
   * @param client the member; takes what is wrong
   */
  public static ObjectNode named(JsonFields client, ObjectNode given, boolean allowsHttp) {
    ObjectNode named = MergePatch.over(null, given);
    checkEndpoint(client, named, allowsHttp);
    return named;
  }

  /**
   * The client after a patch.
   *
   * @param present null for a credential that is none
   * @param body takes what is wrong
   */
  static @Nullable ObjectNode over(
      @Nullable ObjectNode present, JsonFields body, boolean allowsHttp) {
    JsonFields client = body.findObject(MEMBER);
    if (client == null || !(body.find(MEMBER) instanceof ObjectNode given)) {
      if (body.has(MEMBER) && present != null) {
        body.fault(MEMBER, "cannot be taken away from a credential");
      }
      return present;
    }
    if (present == null) {
      body.fault(MEMBER, "is not for an API key");
      return null;
    }
    ObjectNode merged = MergePatch.over(present, given);
    checkEndpoint(client, merged, allowsHttp);
    if (usesKeyPair(merged) != usesKeyPair(present)) {
      client.fault(
          AUTH_METHOD, "cannot change between a secret and a key pair: make another credential");
    }
    if (!merged.path(PUBLIC_JWK).equals(present.path(PUBLIC_JWK))) {
      client.fault(PUBLIC_JWK, "is replaced with its private key: PUT …/value");
    }
    return merged;
  }

  /** Whether the client proves itself by a key pair rather than a secret. */
  public static boolean usesKeyPair(ObjectNode client) {
    return client.path(AUTH_METHOD).asText("").equals(AuthMethod.PRIVATE_KEY_JWT.value());
  }

  private static void checkEndpoint(JsonFields client, ObjectNode merged, boolean allowsHttp) {
    String fault = fault(merged.path(TOKEN_ENDPOINT).asText(""), allowsHttp);
    if (fault != null) {
      client.fault(TOKEN_ENDPOINT, fault);
    }
  }

  private static @Nullable String fault(String url, boolean allowsHttp) {
    URI endpoint;
    try {
      endpoint = new URI(url).parseServerAuthority();
    } catch (URISyntaxException e) {
      return "is no URL";
    }
    String scheme = endpoint.getScheme() == null ? "" : endpoint.getScheme();
    boolean https = scheme.toLowerCase(Locale.ROOT).equals("https");
    boolean http = scheme.toLowerCase(Locale.ROOT).equals("http");
    if (endpoint.getHost() == null || !(https || (http && allowsHttp))) {
      return "must be an https URL with a host";
    }
    // RFC 6749 §3.2: no fragment
    return endpoint.getRawFragment() != null || endpoint.getRawUserInfo() != null
        ? "must have no user and no fragment"
        : null;
  }

  /** With what holds where the client says nothing. */
  public static JsonNode shown(@Nullable ObjectNode client) {
    if (client == null) {
      return NullNode.instance;
    }
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put(TOKEN_ENDPOINT, client.path(TOKEN_ENDPOINT).asText());
    json.put(CLIENT_ID, client.path(CLIENT_ID).asText());
    json.put(SCOPE, client.path(SCOPE).textValue());
    json.put(AUTH_METHOD, client.path(AUTH_METHOD).asText(AuthMethod.CLIENT_SECRET_BASIC.value()));
    json.set(PUBLIC_JWK, client.has(PUBLIC_JWK) ? client.path(PUBLIC_JWK) : NullNode.instance);
    return json;
  }
}
