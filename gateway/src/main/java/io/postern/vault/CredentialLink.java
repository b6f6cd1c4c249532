package io.postern.vault;

import io.postern.grant.Expiry;
import java.time.Instant;

/**
 * What an agent may do with a hosted credential. It names no agent: equal links of many agents are
 * one object in the index.
 *
 * @param requestsPerMinute the most obtains and relays that one gateway allows; {@link #NO_LIMIT}
 *     for any number
 * @param expiryMicros as {@link Expiry} has it
 */
public record CredentialLink(
    String credentialId, boolean obtain, boolean relay, int requestsPerMinute, long expiryMicros) {

  /** As many as it asks for. */
  public static final int NO_LIMIT = 0;

  /** Whether the link still holds. */
  public boolean isLive(Instant now) {
    return Expiry.isAhead(expiryMicros, now);
  }

  /** Whether the link allows that way. */
  public boolean allows(Access access) {
    return switch (access) {
      case OBTAIN -> obtain;
      case RELAY -> relay;
    };
  }
}
