package io.postern.provider;

import io.postern.vault.OAuthClient;
import io.vertx.core.Future;

/** Asks a provider's token endpoint. */
@FunctionalInterface
public interface TokenRequester {
  /**
   * Asks once.
   *
   * @param secret of the client, or its private key in PKCS #8
   * @return never fails
   */
  Future<TokenResponse> request(OAuthClient client, byte[] secret);
}
