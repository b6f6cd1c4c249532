package io.postern.vault;

import io.postern.crypto.Sealed;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An access token that a provider has issued to a hosted OAuth client, encrypted.
 *
 * @param version counts the tokens of the client, from 1
 * @param sealed bound to client and version
 * @param scope as the provider says it; null when it does not
 */
public record ProviderToken(
    long version,
    Sealed sealed,
    String tokenType,
    @Nullable String scope,
    Instant obtainedAt,
    Instant expiresAt) {

  /** What a token is bound to when it is sealed. */
  public static String context(String credentialId, long version) {
    return "postern:provider_token:" + credentialId + ":" + version;
  }
}
