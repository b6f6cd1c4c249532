package io.postern.token;

import io.postern.client.ClientAuthentication;
import io.postern.client.ClientAuthenticator;
import io.postern.client.RegisteredClient;
import io.postern.client.TokenRateLimiter;
import io.postern.grant.Grant;
import io.postern.grant.ProtectedResource;
import io.postern.grant.RequestedAccess;
import io.postern.grant.ScopeDecision;
import io.postern.index.IndexImage;
import io.postern.jose.SigningKey;
import io.postern.oauth.AuthenticationMethod;
import io.postern.oauth.Refusal;
import io.postern.oauth.TokenRequest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.function.Consumer;

/**
 * The token path from a well-formed request to its outcome, in the order of its steps. Confined to
 * one thread; each event loop has its own.
 */
public final class TokenIssuer {
  private static final int RETRY_SECONDS = 5;

  /** What is decided before anything is signed. */
  private sealed interface Decision {
    record Permitted(AccessTokenClaims claims, SigningKey key, AuthenticationMethod method)
        implements Decision {}

    record Refused(TokenOutcome.Refused outcome) implements Decision {}

    static Decision refused(Refusal reason) {
      return refused(reason, 0);
    }

    static Decision refused(Refusal reason, int retryAfterSeconds) {
      return new Refused(new TokenOutcome.Refused(reason, retryAfterSeconds));
    }
  }

  private final String issuer;
  private final ClientAuthenticator authenticator;
  private final AccessTokenSigner signer;
  private final SlowSigner slowSigner;
  private final TokenRateLimiter rateLimiter;
  private final JtiSource jtis;
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
    this.jtis = new JtiSource(random);
  }

  /**
   * Answers a request.
   *
   * @param image what is believed for the whole of this request
   * @param source where the request comes from
   * @param answer is given the outcome once: at once, or when the replay guard has answered or
   *     another thread has signed
   */
  public void issue(
      TokenRequest request,
      IndexImage image,
      String source,
      Instant now,
      Consumer<TokenOutcome> answer) {
    authenticator.authenticate(
        request.credentials(),
        image,
        source,
        now,
        authentication -> {
          switch (decide(authentication, request, image, now)) {
            case Decision.Refused refused -> answer.accept(refused.outcome());
            case Decision.Permitted permitted -> sign(permitted, answer);
          }
        });
  }

  private Decision decide(
      ClientAuthentication authentication, TokenRequest request, IndexImage image, Instant now) {
    return switch (authentication) {
      case ClientAuthentication.Rejected rejected ->
          Decision.refused(rejected.refusal(), rejected.retryAfterSeconds());
      case ClientAuthentication.Authenticated authenticated ->
          decide(authenticated, request, image, now);
    };
  }

  private Decision decide(
      ClientAuthentication.Authenticated authenticated,
      TokenRequest request,
      IndexImage image,
      Instant now) {
    RegisteredClient client = authenticated.client();
    if (!client.grantTypes().contains(request.grantType())) {
      return Decision.refused(Refusal.GRANT_TYPE_NOT_ALLOWED);
    }
    return switch (RequestedAccess.of(request)) {
      case RequestedAccess.Unclear unclear -> Decision.refused(unclear.refusal());
      case RequestedAccess.Access access -> decide(authenticated, access, image, now);
    };
  }

  private Decision decide(
      ClientAuthentication.Authenticated authenticated,
      RequestedAccess.Access access,
      IndexImage image,
      Instant now) {
    RegisteredClient client = authenticated.client();
    Grant grant =
        access.audience() == null
            ? client.findOnlyGrant(now)
            : client.findGrant(access.audience(), now);
    if (grant == null) {
      return Decision.refused(noGrant(access, image));
    }
    ProtectedResource resource = image.findResource(grant.audience());
    if (resource == null || !resource.active()) {
      return Decision.refused(Refusal.DISABLED_TARGET);
    }
    return switch (grant.decide(access.scopes())) {
      case ScopeDecision.Nothing.GRANTED -> Decision.refused(Refusal.NOTHING_GRANTED);
      case ScopeDecision.Granted granted ->
          permit(authenticated, resource, granted.scope(), image, now);
    };
  }

  // On the wire unknown and ungranted are one; the audit may tell them apart.
  private static Refusal noGrant(RequestedAccess.Access access, IndexImage image) {
    if (access.audience() == null) {
      return Refusal.NO_TARGET;
    }
    return image.findResource(access.audience()) == null
        ? Refusal.UNKNOWN_TARGET
        : Refusal.UNGRANTED_TARGET;
  }

  private Decision permit(
      ClientAuthentication.Authenticated authenticated,
      ProtectedResource resource,
      String scope,
      IndexImage image,
      Instant now) {
    SigningKey key = image.signingKeys().findActive(resource.signingAlgorithm());
    if (key == null) {
      return Decision.refused(Refusal.NO_SIGNING_KEY, RETRY_SECONDS);
    }
    int waitSeconds = rateLimiter.tryTake(authenticated.client(), now);
    if (waitSeconds > 0) {
      return Decision.refused(Refusal.TOO_MANY_TOKENS, waitSeconds);
    }
    long issuedAt = now.getEpochSecond();
    AccessTokenClaims claims =
        new AccessTokenClaims(
            issuer,
            authenticated.client().clientId(),
            resource.audience(),
            scope,
            issuedAt,
            issuedAt + resource.accessTokenTtlSeconds(),
            jtis.next());
    return new Decision.Permitted(claims, key, authenticated.method());
  }

  private void sign(Decision.Permitted permitted, Consumer<TokenOutcome> answer) {
    if (!permitted.key.algorithm().isSlow()) {
      response.write(signer, permitted.claims, permitted.key);
      answer.accept(new TokenOutcome.Issued(response, permitted.method));
    } else if (slowSigner.hasRoom()) {
      slowSigner.sign(
          permitted.claims,
          permitted.key,
          signed ->
              answer.accept(
                  signed == null
                      ? new TokenOutcome.Refused(Refusal.NO_SIGNING_KEY, RETRY_SECONDS)
                      : new TokenOutcome.Issued(signed, permitted.method)));
    } else {
      answer.accept(new TokenOutcome.Refused(Refusal.OVERLOADED, 1));
    }
  }
}
