package io.postern.provider;

import io.postern.crypto.Sealed;
import io.postern.vault.ProviderToken;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * Where the tokens of hosted OAuth clients are kept, one for each client and all gateways, with the
 * lease of the gateway that gets the next one. Its methods block: on virtual threads only.
 */
public interface ProviderTokenStore {

  /** The store cannot be reached. */
  final class UnavailableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    public UnavailableException(Throwable cause) {
      super("provider tokens cannot be kept", cause);
    }
  }

  /**
   * What is kept of a client.
   *
   * @param version of the present token; 0 before the first
   * @param token null before the first
   * @param remaining how long the token is good, by the store's clock; negative when it is over, or
   *     before the first
   * @param leased whether the asking gateway may get the next token
   */
  record State(long version, @Nullable ProviderToken token, Duration remaining, boolean leased) {}

  /**
   * Takes the lease unless another gateway has it.
   *
   * @param holder names the gateway
   * @param life how long the others wait if this gateway dies; 0 only looks
   * @return null when there is no such client
   * @throws UnavailableException as the others do
   */
  @Nullable State lease(String credentialId, String holder, Duration life);

  /**
   * Keeps a new token and ends the lease.
   *
   * @param version of the token before it
   * @param life how long the token is good
   * @return the token; null when another gateway has got the lease or the next token meanwhile
   */
  @Nullable ProviderToken keep(
      String credentialId,
      String holder,
      long version,
      Sealed sealed,
      String tokenType,
      @Nullable String scope,
      Duration life);

  /** Ends the lease, without a token. */
  void release(String credentialId, String holder);
}
