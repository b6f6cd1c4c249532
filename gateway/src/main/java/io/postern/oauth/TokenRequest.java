package io.postern.oauth;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A well-formed token request, of one of the grant types. Nothing in it has been checked against
 * the registry.
 */
public sealed interface TokenRequest extends ParsedTokenRequest permits ClientCredentialsRequest {

  /** The most parameters that a request may have. */
  int MAX_PARAMETERS = 64;

  /** Its grant type. */
  GrantType grantType();

  /** Who asks, by what proof (RFC 6749 §2.3, RFC 7523 §2.2). */
  ClientCredentials credentials();

  /** The scope parameter as sent, or null when it was omitted. */
  @Nullable String scope();

  /** The audience parameter as sent, or null. */
  @Nullable String audience();

  /** The resource parameters as sent, in their order (RFC 8707 §2). */
  List<String> resources();

  /**
   * Reads a request from its form and its Authorization header.
   *
   * @param form the body's bytes, {@code application/x-www-form-urlencoded}
   * @param authorization the value of the Authorization header, or null
   */
  static ParsedTokenRequest parse(byte[] form, @Nullable String authorization) {
    FormDecoder decoder = new FormDecoder(form);
    TokenRequestFields fields = new TokenRequestFields();
    for (int count = 1; decoder.next(); count++) {
      if (count > MAX_PARAMETERS) {
        return new MalformedTokenRequest(Refusal.TOO_MANY_PARAMETERS);
      }
      Refusal refusal = fields.take(decoder);
      if (refusal != null) {
        return new MalformedTokenRequest(refusal);
      }
    }
    return fields.toRequest(authorization);
  }

  /** Whether a parameter of that name means something to the token endpoint, or nearly does. */
  static boolean isParameter(String name) {
    return TokenRequestFields.isMisspelt(name) || Parameter.find(name) != null;
  }
}
