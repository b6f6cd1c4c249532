package io.postern.oauth;

import org.jspecify.annotations.Nullable;

/** What the reading of a request's client authentication gives: it, or what is wrong with it. */
public sealed interface ParsedCredentials permits ClientCredentials, Refusal {
  /** The only type of assertion (RFC 7523 §2.2). */
  String JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

  /**
   * Reads the authentication of a client, the same at each endpoint that has one (RFC 6749 §2.3,
   * RFC 7009 §2.1, RFC 7521 §4.2, RFC 7662 §2.1).
   *
   * @param authorization the value of the Authorization header, or null; the others are parameters
   *     of the form, null when they were omitted
   */
  static ParsedCredentials of(
      @Nullable String authorization,
      @Nullable String clientId,
      @Nullable String clientSecret,
      @Nullable String assertion,
      @Nullable String assertionType) {
    boolean hasAssertion = assertion != null || assertionType != null;
    int methods =
        (authorization != null ? 1 : 0) + (clientSecret != null ? 1 : 0) + (hasAssertion ? 1 : 0);
    // RFC 6749 §2.3: the client must not use more than one authentication method in a request
    if (methods > 1) {
      return Refusal.SEVERAL_AUTHENTICATION_METHODS;
    }
    if (authorization != null) {
      ClientCredentials.Secret basic = ClientCredentials.parseBasic(authorization);
      if (basic == null) {
        return Refusal.MALFORMED_CREDENTIALS;
      }
      return clientId != null && !clientId.equals(basic.clientId())
          ? Refusal.CLIENT_ID_MISMATCH
          : basic;
    }
    if (clientSecret != null) {
      return clientId == null
          ? Refusal.MALFORMED_CREDENTIALS
          : new ClientCredentials.Secret(
              AuthenticationMethod.CLIENT_SECRET_POST, clientId, clientSecret);
    }
    if (hasAssertion) {
      // RFC 7521 §4.2: the type is required and says how to read the assertion
      return assertion == null || !JWT_BEARER.equals(assertionType)
          ? Refusal.ASSERTION_TYPE
          : new ClientCredentials.Assertion(clientId, assertion);
    }
    return Refusal.NO_CREDENTIALS;
  }
}
