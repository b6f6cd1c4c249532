package io.postern.vault;

import io.postern.crypto.Sealed;
import io.postern.grant.Expiry;
import java.time.Instant;

/**
 * One value of a hosted credential, encrypted.
 *
 * @param id the row's
 * @param sealed bound to the row
 * @param expiryMicros until when it is kept, as {@link Expiry} has it
 */
public record SealedValue(String id, Sealed sealed, long expiryMicros) {

  /** Whether it may still be handed over. */
  public boolean isLive(Instant now) {
    return Expiry.isAhead(expiryMicros, now);
  }

  /** What a value is bound to when it is sealed. */
  public static String context(String credentialId, String valueId) {
    return "postern:hosted_value:" + credentialId + ":" + valueId;
  }
}
