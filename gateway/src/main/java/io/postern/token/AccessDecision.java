package io.postern.token;

import io.postern.client.RegisteredClient;
import io.postern.grant.BuiltInAudience;
import io.postern.grant.Grant;
import io.postern.grant.ProtectedResource;
import io.postern.grant.RequestedAccess;
import io.postern.grant.ScopeDecision;
import io.postern.index.IndexImage;
import io.postern.jose.SigningKey;
import io.postern.oauth.GrantType;
import io.postern.oauth.Refusal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What the registry says to a client that is who it says it is: what its token holds, or why it
 * gets none. A function of its arguments, so that a request can be explained by what decides it.
 */
public sealed interface AccessDecision permits AccessDecision.Permitted, TokenOutcome.Refused {
  /** When to come again where a signing key is missing, in seconds. */
  int RETRY_SECONDS = 5;

  /**
   * How far {@code iat} may be ahead of our clock: what is issued in the second of a line, or by a
   * clock that is behind, says a later one. No line is further ahead of the fastest clock, as the
   * schema has it, since no token can be.
   */
  int MOST_AHEAD_SECONDS = 8;

  /**
   * A token may be made.
   *
   * @param scope as {@link ScopeDecision.Granted} has it
   * @param issuedAt the first second, from now on, of which it counts; since the epoch
   */
  record Permitted(ProtectedResource resource, String scope, SigningKey key, long issuedAt)
      implements AccessDecision {}

  /** Decides by one image. */
  static AccessDecision of(
      RegisteredClient client,
      GrantType grantType,
      RequestedAccess requested,
      IndexImage image,
      Instant now) {
    if (!client.grantTypes().contains(grantType)) {
      return new TokenOutcome.Refused(Refusal.GRANT_TYPE_NOT_ALLOWED);
    }
    return switch (requested) {
      case RequestedAccess.Unclear unclear -> new TokenOutcome.Refused(unclear.refusal());
      case RequestedAccess.Access access -> decide(client, access, image, now);
    };
  }

  private static AccessDecision decide(
      RegisteredClient client, RequestedAccess.Access access, IndexImage image, Instant now) {
    Grant grant =
        access.audience() == null
            ? client.findOnlyGrant(now)
            : findGrant(client, access.audience(), access.byResource(), image, now);
    if (grant == null) {
      return new TokenOutcome.Refused(noGrant(client, access, image, now));
    }
    if (!grant.isLive(now)) {
      return new TokenOutcome.Refused(Refusal.GRANT_EXPIRED);
    }
    ProtectedResource resource = image.findResource(grant.audience());
    if (resource == null || !resource.active()) {
      return new TokenOutcome.Refused(Refusal.DISABLED_TARGET);
    }
    return switch (grant.decide(access.scopes())) {
      case ScopeDecision.Nothing.GRANTED -> new TokenOutcome.Refused(Refusal.NOTHING_GRANTED);
      case ScopeDecision.Granted granted -> permit(client, resource, granted.scope(), image, now);
    };
  }

  /**
   * The client's grant on an audience, live or expired; null without one.
   *
   * @param byResource whether another spelling of the same URI will do (RFC 8707 §2, RFC 3986
   *     §6.2); but one that is registered as it is written, is meant
   */
  static @Nullable Grant findGrant(
      RegisteredClient client, String audience, boolean byResource, IndexImage image, Instant now) {
    Grant grant = client.findGrant(audience);
    if (grant == null && audience.equals(BuiltInAudience.VAULT)) {
      return client.findVaultGrant(now);
    }
    return grant == null && byResource && image.findResource(audience) == null
        ? client.findGrantOfEqual(audience)
        : grant;
  }

  // On the wire some of these are one; explanation, metrics and audit tell them apart.
  private static Refusal noGrant(
      RegisteredClient client, RequestedAccess.Access access, IndexImage image, Instant now) {
    if (access.audience() == null) {
      return client.hasGrant(now) ? Refusal.NO_TARGET : Refusal.NO_GRANT;
    }
    return image.findResource(access.audience()) == null
        ? Refusal.UNKNOWN_TARGET
        : Refusal.UNGRANTED_TARGET;
  }

  private static AccessDecision permit(
      RegisteredClient client,
      ProtectedResource resource,
      String scope,
      IndexImage image,
      Instant now) {
    SigningKey key = image.signingKeys().findActive(resource.signingAlgorithm());
    if (key == null) {
      return new TokenOutcome.Refused(Refusal.NO_SIGNING_KEY, RETRY_SECONDS);
    }
    long seconds = now.getEpochSecond();
    long issuedAt =
        Math.max(seconds, image.lines().lastSecond(client.clientId(), resource.audience()) + 1);
    long tooFar = issuedAt - seconds - MOST_AHEAD_SECONDS;
    return tooFar > 0
        ? new TokenOutcome.Refused(
            Refusal.REVOKED_TOO_OFTEN, (int) Math.min(tooFar, MOST_AHEAD_SECONDS))
        : new Permitted(resource, scope, key, issuedAt);
  }
}
