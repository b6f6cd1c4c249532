package io.postern.token;

import io.postern.client.ClientAuthentication;
import io.postern.client.ClientAuthenticator;
import io.postern.client.RegisteredClient;
import io.postern.client.TokenRateLimiter;
import io.postern.crypto.RandomIds;
import io.postern.grant.RequestedAccess;
import io.postern.index.IndexImage;
import io.postern.jose.SigningKey;
import io.postern.oauth.Refusal;
import io.postern.oauth.TokenRequest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.function.BiConsumer;

/**
 * The token path from a well-formed request to its outcome, in the order of its steps. Confined to
 * one thread; each event loop has its own.
 */
public final class TokenIssuer {
  private final String issuer;
  private final ClientAuthenticator authenticator;
  private final AccessTokenSigner signer;
  private final SlowSigner slowSigner;
  private final TokenRateLimiter rateLimiter;
  private final RandomIds jtis;
  private final AccessTokenResponse response = new AccessTokenResponse();

  public TokenIssuer(
      String issuer,
      ClientAuthenticator authenticator,
      AccessTokenSigner signer,
      SlowSigner slowSigner,
      TokenRateLimiter rateLimiter,
      SecureRandom random) {
    this.issuer = issuer;
    this.authenticator = authenticator;
    this.signer = signer;
    this.slowSigner = slowSigner;
    this.rateLimiter = rateLimiter;
    this.jtis = new RandomIds(random);
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
          sign(authenticated, claims(client, permitted, now), permitted.key(), answer);
        }
      }
    }
  }

  private AccessTokenClaims claims(
      RegisteredClient client, AccessDecision.Permitted permitted, Instant now) {
    long issuedAt = now.getEpochSecond();
    return new AccessTokenClaims(
        issuer,
        client.clientId(),
        permitted.resource().audience(),
        permitted.scope(),
        issuedAt,
        issuedAt + permitted.resource().accessTokenTtlSeconds(),
        jtis.next());
  }

  private void sign(
      ClientAuthentication.Authenticated client,
      AccessTokenClaims claims,
      SigningKey key,
      BiConsumer<ClientAuthentication, TokenOutcome> answer) {
    if (!key.algorithm().isSlow()) {
      response.write(signer, claims, key);
      answer.accept(client, new TokenOutcome.Issued(response, claims, key));
    } else if (slowSigner.hasRoom()) {
      slowSigner.sign(
          claims,
          key,
          signed ->
              answer.accept(
                  client,
                  signed == null
                      ? new TokenOutcome.Refused(
                          Refusal.NO_SIGNING_KEY, AccessDecision.RETRY_SECONDS)
                      : new TokenOutcome.Issued(signed, claims, key)));
    } else {
      answer.accept(client, new TokenOutcome.Refused(Refusal.OVERLOADED, 1));
    }
  }
}
