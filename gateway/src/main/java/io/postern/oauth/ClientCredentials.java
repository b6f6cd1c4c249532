package io.postern.oauth;

import java.util.Base64;
import org.jspecify.annotations.Nullable;

/** What a request presents to authenticate its client (RFC 6749 §2.3, RFC 7521 §4.2). */
public sealed interface ClientCredentials extends ParsedCredentials {

  /** A client secret, from the Basic header or from the body. */
  record Secret(AuthenticationMethod method, String clientId, String secret)
      implements ClientCredentials {
    @Override
    public String toString() {
      return "Secret[method=" + method + ", clientId=" + clientId + ", secret=<redacted>]";
    }
  }

  /**
   * A signed assertion (RFC 7523 §2.2).
   *
   * @param clientId the {@code client_id} beside it, or null
   */
  record Assertion(@Nullable String clientId, String jwt) implements ClientCredentials {
    @Override
    public AuthenticationMethod method() {
      return AuthenticationMethod.PRIVATE_KEY_JWT;
    }

    @Override
    public String toString() {
      return "Assertion[clientId=" + clientId + ", jwt=<redacted>]";
    }
  }

  /** How the client authenticates. */
  AuthenticationMethod method();

  /**
   * Reads an Authorization header of the Basic scheme (RFC 6749 §2.3.1, RFC 7617 §2).
   *
   * @return null for another scheme and for anything malformed
   */
  static @Nullable Secret parseBasic(String header) {
    if (!header.regionMatches(true, 0, "Basic ", 0, 6)) {
      return null;
    }
    byte[] pair;
    try {
      pair = Base64.getDecoder().decode(header.substring(6).strip());
    } catch (IllegalArgumentException e) {
      return null;
    }
    int colon = FormDecoder.indexOf(pair, ':', 0, pair.length);
    if (colon == pair.length) {
      return null;
    }
    // RFC 6749 §2.3.1, App. B: both halves are form-encoded before they are joined
    String clientId = FormDecoder.decode(pair, 0, colon);
    String secret = FormDecoder.decode(pair, colon + 1, pair.length);
    return clientId == null || secret == null
        ? null
        : new Secret(AuthenticationMethod.CLIENT_SECRET_BASIC, clientId, secret);
  }
}
