package io.postern.relay;

import io.postern.http.BearerToken;
import io.vertx.core.MultiMap;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The access token of a request to the relay: where an OAuth client puts it (RFC 6750 §2.1), or
 * where the SDKs of LLM providers put their keys.
 *
 * @param value null when there is none, or when there are several
 * @param several whether there are different ones; the same twice is one
 */
record AgentToken(@Nullable String value, boolean several) {
  private static final String AUTHORIZATION = "authorization";

  /** The header fields where it may stand, none of which is passed on. */
  static final List<String> FIELDS =
      List.of(AUTHORIZATION, "x-api-key", "api-key", "x-goog-api-key");

  static AgentToken of(MultiMap headers) {
    String found = null;
    for (String field : FIELDS) {
      if (!headers.contains(field)) {
        continue;
      }
      for (String value : headers.getAll(field)) {
        String token = field.equals(AUTHORIZATION) ? BearerToken.find(value) : value.strip();
        if (token != null && !token.isEmpty()) {
          if (found != null && !found.equals(token)) {
            return new AgentToken(null, true);
          }
          found = token;
        }
      }
    }
    return new AgentToken(found, false);
  }

  @Override
  public String toString() {
    return "AgentToken[<redacted>]";
  }
}
