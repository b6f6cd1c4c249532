package io.postern.verifier;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The answer to a request that is refused (RFC 6750 §3).
 *
 * @param status 400, 401, 403 or 503
 * @param headers {@code WWW-Authenticate}, or {@code Retry-After} with 503
 */
public record Challenge(int status, Map<String, String> headers) {
  private static final String RETRY_AFTER_SECONDS = "5";

  public Challenge {
    headers = Map.copyOf(headers);
  }

  /**
   * @param realm printable, without quotes and backslashes
   * @param scopes those that the request needs
   */
  static Challenge of(Reason reason, String realm, Collection<String> scopes) {
    Map<String, String> headers = new LinkedHashMap<>();
    if (reason.status() == 503) {
      headers.put("Retry-After", RETRY_AFTER_SECONDS);
      return new Challenge(reason.status(), headers);
    }
    StringBuilder challenge = new StringBuilder("Bearer realm=\"").append(realm).append('"');
    // RFC 6750 §3.1: without a token, no error code
    if (reason.error() != null) {
      challenge.append(", error=\"").append(reason.error()).append('"');
      challenge.append(", error_description=\"").append(reason.description()).append('"');
    }
    if (!scopes.isEmpty() && reason == Reason.INSUFFICIENT_SCOPE) {
      challenge.append(", scope=\"").append(String.join(" ", scopes)).append('"');
    }
    headers.put("WWW-Authenticate", challenge.toString());
    return new Challenge(reason.status(), headers);
  }
}
