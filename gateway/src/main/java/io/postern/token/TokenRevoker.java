package io.postern.token;

import io.postern.client.ClientAuthentication;
import io.postern.client.ClientAuthenticator;
import io.postern.client.RegisteredClient;
import io.postern.client.RevocationRateLimiter;
import io.postern.index.IndexImage;
import io.postern.jose.AccessToken;
import io.postern.jose.AccessTokenVerifier;
import io.postern.jose.StrictJwt;
import io.postern.oauth.InactiveReason;
import io.postern.oauth.PresentedToken;
import io.postern.oauth.Refusal;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiConsumer;

/**
 * The decision about a request for the revocation of a token (RFC 7009): who asks, whether the
 * token is the caller's, whether there is anything to end, its rate. No database; whoever is
 * answered draws the line. Confined to one thread.
 */
public final class TokenRevoker {
  /** What we sign that is no token: it ends by itself, and nobody is admitted by it. */
  private static final Set<String> UNREVOCABLE =
      Set.of("token-introspection+jwt", "revocations+jwt");

  private final ClientAuthenticator authenticator;
  private final AccessTokenVerifier tokens;
  private final RevocationRateLimiter rateLimiter;

  public TokenRevoker(
      ClientAuthenticator authenticator,
      AccessTokenVerifier tokens,
      RevocationRateLimiter rateLimiter) {
    this.authenticator = authenticator;
    this.tokens = tokens;
    this.rateLimiter = rateLimiter;
  }

  /**
   * Decides.
   *
   * @param image what is believed for the whole of this request
   * @param source where the request comes from
   * @param answer is given who asked and the outcome, once: at once, or when the replay guard has
   *     answered
   */
  public void revoke(
      PresentedToken request,
      IndexImage image,
      String source,
      Instant now,
      BiConsumer<ClientAuthentication, RevocationOutcome> answer) {
    authenticator.authenticate(
        request.credentials(),
        image,
        source,
        now,
        authentication ->
            answer.accept(
                authentication,
                switch (authentication) {
                  case ClientAuthentication.Rejected rejected ->
                      new TokenOutcome.Refused(rejected.refusal(), rejected.retryAfterSeconds());
                  case ClientAuthentication.Authenticated caller ->
                      decide(request.token(), caller.client(), image, now);
                }));
  }

  private RevocationOutcome decide(
      String compact, RegisteredClient caller, IndexImage image, Instant now) {
    AccessToken token = tokens.findSigned(compact, image.signingKeys());
    if (token == null) {
      // RFC 7009 §2.2: an invalid token is no error; §2.2.1: a type that is not revoked is
      return isUnrevocable(compact)
          ? new TokenOutcome.Refused(Refusal.UNREVOCABLE_TOKEN)
          : new RevocationOutcome.Nothing(InactiveReason.UNVERIFIED, null);
    }
    // RFC 7009 §2.1: if it was not issued to the client, the request is refused and the client told
    if (!token.clientId().equals(caller.clientId())) {
      return new TokenOutcome.Refused(Refusal.TOKEN_OF_ANOTHER);
    }
    if (now.getEpochSecond() >= token.expiresAt()) {
      return new RevocationOutcome.Nothing(InactiveReason.OUT_OF_TIME, token);
    }
    if (image.hasEnded(token)) {
      return new RevocationOutcome.Nothing(InactiveReason.ENDED, token);
    }
    int waitSeconds = rateLimiter.tryTake(caller.clientId(), now);
    return waitSeconds > 0
        ? new TokenOutcome.Refused(Refusal.TOO_MANY_REVOCATIONS, waitSeconds)
        : new RevocationOutcome.ToEnd(token);
  }

  private static boolean isUnrevocable(String compact) {
    StrictJwt jwt = StrictJwt.parse(compact);
    return jwt != null
        && UNREVOCABLE.contains(jwt.header().path("typ").asText("").toLowerCase(Locale.ROOT));
  }
}
