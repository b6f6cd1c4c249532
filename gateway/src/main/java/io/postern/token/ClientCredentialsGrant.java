package io.postern.token;

import io.postern.client.ClientAuthentication;
import io.postern.client.RegisteredClient;
import io.postern.client.TokenRateLimiter;
import io.postern.crypto.RandomIds;
import io.postern.grant.RequestedAccess;
import io.postern.index.IndexImage;
import io.postern.oauth.ClientCredentialsRequest;
import io.postern.oauth.Refusal;
import java.time.Instant;
import java.util.function.BiConsumer;

/**
 * The client credentials grant (RFC 6749 §4.4), in the order of its steps: what the client may
 * have, its rate, the claims, the signature. No database. Confined to one thread.
 */
final class ClientCredentialsGrant {
  private final String issuer;
  private final TokenRateLimiter rateLimiter;
  private final RandomIds jtis;
  private final TokenSigning signing;

  ClientCredentialsGrant(
      String issuer, TokenRateLimiter rateLimiter, RandomIds jtis, TokenSigning signing) {
    this.issuer = issuer;
    this.rateLimiter = rateLimiter;
    this.jtis = jtis;
    this.signing = signing;
  }

  /** Answers the client, which has authenticated; as {@link TokenIssuer#issue} does. */
  void issue(
      ClientAuthentication.Authenticated authenticated,
      ClientCredentialsRequest request,
      IndexImage image,
      Instant now,
      BiConsumer<ClientAuthentication, TokenOutcome> answer) {
    RegisteredClient client = authenticated.client();
    RequestedAccess requested = RequestedAccess.of(request);
    switch (AccessDecision.of(client, request.grantType(), requested, image, now)) {
      case TokenOutcome.Refused refused -> answer.accept(authenticated, refused);
      case AccessDecision.Permitted permitted -> {
        int waitSeconds = rateLimiter.tryTake(client, now);
        if (waitSeconds > 0) {
          answer.accept(
              authenticated, new TokenOutcome.Refused(Refusal.TOO_MANY_TOKENS, waitSeconds));
        } else {
          signing.sign(authenticated, claims(client, permitted), permitted.key(), answer);
        }
      }
    }
  }

  private AccessTokenClaims claims(RegisteredClient client, AccessDecision.Permitted permitted) {
    return new AccessTokenClaims(
        issuer,
        client.clientId(),
        permitted.resource().audience(),
        permitted.scope(),
        permitted.issuedAt(),
        permitted.issuedAt() + permitted.resource().accessTokenTtlSeconds(),
        jtis.next());
  }
}
