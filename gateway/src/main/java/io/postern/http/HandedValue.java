package io.postern.http;

import io.postern.vault.VaultRefusal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What a hosted credential hands over now, or puts into a relayed call. */
public sealed interface HandedValue {

  /**
   * The value.
   *
   * @param tokenType of an access token that a provider has issued; null of an API key
   * @param expiresAt when the provider's token ends; null of an API key
   * @param scope of the provider's token, if it says one
   */
  record Value(
      String value, @Nullable String tokenType, @Nullable Instant expiresAt, @Nullable String scope)
      implements HandedValue {
    @Override
    public String toString() {
      return "Value[<redacted>]";
    }
  }

  /**
   * There is none now.
   *
   * @param retryAfterSeconds when to come again, 1 or more; 0 where time does not help
   */
  record Unavailable(VaultRefusal reason, int retryAfterSeconds) implements HandedValue {}
}
