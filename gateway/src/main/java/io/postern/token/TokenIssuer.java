package io.postern.token;

import io.postern.client.ClientAuthentication;
import io.postern.client.ClientAuthenticator;
import io.postern.client.TokenRateLimiter;
import io.postern.crypto.RandomIds;
import io.postern.index.IndexImage;
import io.postern.oauth.ClientCredentialsRequest;
import io.postern.oauth.TokenRequest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.function.BiConsumer;

/**
 * The token path from a well-formed request to its outcome: who asks, then the grant type's own
 * steps. Confined to one thread; each event loop has its own.
 */
public final class TokenIssuer {
  private final ClientAuthenticator authenticator;
  private final ClientCredentialsGrant clientCredentials;

  public TokenIssuer(
      String issuer,
      ClientAuthenticator authenticator,
      AccessTokenSigner signer,
      SlowSigner slowSigner,
      TokenRateLimiter rateLimiter,
      SecureRandom random) {
    this.authenticator = authenticator;
    this.clientCredentials =
        new ClientCredentialsGrant(
            issuer, rateLimiter, new RandomIds(random), new TokenSigning(signer, slowSigner));
  }

  /**
   * Answers a request.
   *
   * @param image what is believed for the whole of this request
   * @param source where the request comes from
   * @param answer is given who asked and the outcome, once: at once, or when the replay guard has
   *     answered or another thread has signed
   */
  public void issue(
      TokenRequest request,
      IndexImage image,
      String source,
      Instant now,
      BiConsumer<ClientAuthentication, TokenOutcome> answer) {
    authenticator.authenticate(
        request.credentials(),
        image,
        source,
        now,
        authentication -> {
          switch (authentication) {
            case ClientAuthentication.Rejected rejected ->
                answer.accept(
                    rejected,
                    new TokenOutcome.Refused(rejected.refusal(), rejected.retryAfterSeconds()));
            case ClientAuthentication.Authenticated authenticated ->
                issue(authenticated, request, image, now, answer);
          }
        });
  }

  private void issue(
      ClientAuthentication.Authenticated authenticated,
      TokenRequest request,
      IndexImage image,
      Instant now,
      BiConsumer<ClientAuthentication, TokenOutcome> answer) {
    switch (request) {
      case ClientCredentialsRequest asked ->
          clientCredentials.issue(authenticated, asked, image, now, answer);
    }
  }
}
