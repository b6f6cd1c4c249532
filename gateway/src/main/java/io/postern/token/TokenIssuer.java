package io.postern.token;

import io.postern.client.ClientAuthentication;
import io.postern.client.ClientAuthenticator;
import io.postern.client.RegisteredClient;
import io.postern.grant.Grant;
import io.postern.grant.ProtectedResource;
import io.postern.grant.RequestedAccess;
import io.postern.grant.ScopeDecision;
import io.postern.index.IndexImage;
import io.postern.jose.SigningKey;
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

  private final String issuer;
  private final ClientAuthenticator authenticator;
  private final AccessTokenSigner signer;
  private final JtiSource jtis;
  private final AccessTokenResponse response = new AccessTokenResponse();

  public TokenIssuer(
      String issuer,
      ClientAuthenticator authenticator,
      AccessTokenSigner signer,
      SecureRandom random) {
    this.issuer = issuer;
    this.authenticator = authenticator;
    this.signer = signer;
    this.jtis = new JtiSource(random);
  }

  /**
   * Answers a request.
   *
   * @param image what is believed for the whole of this request
   * @param source where the request comes from
   * @param answer is given the outcome once, at once or when the replay guard has answered
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
        authentication -> answer.accept(decide(authentication, request, image, now)));
  }

  private TokenOutcome decide(
      ClientAuthentication authentication, TokenRequest request, IndexImage image, Instant now) {
    return switch (authentication) {
      case ClientAuthentication.Rejected rejected ->
          new TokenOutcome.Refused(rejected.refusal(), rejected.retryAfterSeconds());
      case ClientAuthentication.Authenticated authenticated ->
          decide(authenticated, request, image, now);
    };
  }

  private TokenOutcome decide(
      ClientAuthentication.Authenticated authenticated,
      TokenRequest request,
      IndexImage image,
      Instant now) {
    RegisteredClient client = authenticated.client();
    if (!client.grantTypes().contains(request.grantType())) {
      return new TokenOutcome.Refused(Refusal.GRANT_TYPE_NOT_ALLOWED);
    }
    return switch (RequestedAccess.of(request)) {
      case RequestedAccess.Unclear unclear -> new TokenOutcome.Refused(unclear.refusal());
      case RequestedAccess.Access access -> decide(authenticated, access, image, now);
    };
  }

  private TokenOutcome decide(
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
      return new TokenOutcome.Refused(noGrant(access, image));
    }
    ProtectedResource resource = image.findResource(grant.audience());
    if (resource == null || !resource.active()) {
      return new TokenOutcome.Refused(Refusal.DISABLED_TARGET);
    }
    return switch (grant.decide(access.scopes())) {
      case ScopeDecision.Nothing.GRANTED -> new TokenOutcome.Refused(Refusal.NOTHING_GRANTED);
      case ScopeDecision.Granted granted ->
          sign(authenticated, resource, granted.scope(), image, now);
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

  private TokenOutcome sign(
      ClientAuthentication.Authenticated authenticated,
      ProtectedResource resource,
      String scope,
      IndexImage image,
      Instant now) {
    SigningKey key = image.signingKeys().findActive(resource.signingAlgorithm());
    if (key == null) {
      return new TokenOutcome.Refused(Refusal.NO_SIGNING_KEY, RETRY_SECONDS);
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
    response.write(signer, claims, key);
    return new TokenOutcome.Issued(response, authenticated.method());
  }
}
