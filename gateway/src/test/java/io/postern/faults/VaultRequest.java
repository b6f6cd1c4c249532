package io.postern.faults;

import io.postern.testing.Vault;
import java.io.IOException;
import java.time.Duration;

/**
 * What an agent asks of a replica to obtain a hosted credential, each on a connection of its own.
 */
final class VaultRequest {
  /** Longer than a provider may take. */
  private static final Duration PATIENCE = Duration.ofSeconds(25);

  private VaultRequest() {}

  /** A token for the vault. */
  static String token(Replica replica, Model.Agent agent) throws IOException {
    return TokenRequest.token(replica, agent, Vault.AUDIENCE);
  }

  /** Obtains a credential. */
  static HttpLine.Answer obtain(Replica replica, String token, String identifier)
      throws IOException {
    return HttpLine.once(
        replica.httpPort(),
        PATIENCE,
        "GET",
        "/vault/v1/credentials/" + identifier,
        "Authorization: Bearer " + token + "\r\n",
        "");
  }
}
