package io.postern.vault;

import io.postern.grant.Expiry;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A credential of a service outside, as the index holds it: sealed.
 *
 * @param identifier what agents call it
 * @param keyId what the provider calls the present value
 * @param requestsPerMinute the most obtains and relays of all agents that one gateway allows;
 *     {@link CredentialLink#NO_LIMIT} for any number
 * @param expiryMicros as {@link Expiry} has it
 * @param target what the relay may call; null when it may call nothing
 * @param client of an {@link CredentialKind#OAUTH_CLIENT}; null otherwise
 * @param values newest first
 * @param token the client's present one; null before the first
 */
public record HostedCredential(
    String id,
    String identifier,
    BusinessType businessType,
    CredentialKind kind,
    @Nullable String keyId,
    int requestsPerMinute,
    long expiryMicros,
    @Nullable RelayTarget target,
    @Nullable OAuthClient client,
    List<SealedValue> values,
    @Nullable ProviderToken token) {

  public HostedCredential {
    values = List.copyOf(values);
  }

  /** Whether it has not expired. */
  public boolean isLive(Instant now) {
    return Expiry.isAhead(expiryMicros, now);
  }

  /** The value that is handed over now; null when every one has expired. */
  public @Nullable SealedValue findValue(Instant now) {
    for (SealedValue value : values) {
      if (value.isLive(now)) {
        return value;
      }
    }
    return null;
  }
}
