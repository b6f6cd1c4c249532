package io.postern.token;

import io.postern.client.RegisteredClient;
import io.postern.client.TokenRateLimiter;
import io.postern.grant.AccessExplanation;
import io.postern.grant.AccessExplanation.Reason;
import io.postern.grant.AccessExplanation.ScopeReason;
import io.postern.grant.Grant;
import io.postern.grant.ProtectedResource;
import io.postern.grant.RequestedAccess;
import io.postern.index.IndexImage;
import io.postern.oauth.GrantType;
import io.postern.oauth.Refusal;
import io.postern.oauth.ResourceIdentifier;
import io.postern.revocation.NotBeforeLine;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Explains what the token endpoint would answer a client that presents a right credential: the
 * steps of {@link TokenIssuer}, with the code that takes them, but nothing is counted or signed.
 */
public final class TokenExplainer {
  private static final int MAX_GRANTED_ON = 10;

  private final IndexImage image;
  private final boolean stale;
  private final TokenRateLimiter rateLimiter;
  private final Instant now;

  /**
   * @param stale whether the image is too old to issue by
   * @param rateLimiter that of the token endpoint
   */
  public TokenExplainer(
      IndexImage image, boolean stale, TokenRateLimiter rateLimiter, Instant now) {
    this.image = image;
    this.stale = stale;
    this.rateLimiter = rateLimiter;
    this.now = now;
  }

  /**
   * Explains a request.
   *
   * @param audience as the token endpoint takes it, empty when it is omitted; the others too
   */
  public AccessExplanation explain(
      String clientId, String audience, String resource, String scope) {
    RegisteredClient client = image.findClient(clientId);
    // RFC 6749 §3.2: sent without a value is treated as omitted
    RequestedAccess requested =
        RequestedAccess.of(
            scope.isEmpty() ? null : scope,
            audience.isEmpty() ? null : audience,
            resource.isEmpty() ? List.of() : List.of(resource));
    AccessDecision decision = decide(client, requested);
    Target target = target(client, requested);
    List<ScopeReason> scopes = scopes(client, requested, target);
    Instant notBefore = notBefore(clientId, target);
    List<String> didYouMean = didYouMean(client, target);
    return switch (decision) {
      case TokenOutcome.Refused refused ->
          new AccessExplanation(
              image.revision().number(),
              target.audience,
              target.resource,
              null,
              refused.reason(),
              refused.retryAfterSeconds(),
              scopes,
              notBefore,
              didYouMean);
      case AccessDecision.Permitted permitted ->
          new AccessExplanation(
              image.revision().number(),
              target.audience,
              target.resource,
              new AccessExplanation.Token(
                  permitted.scope(),
                  permitted.resource().accessTokenTtlSeconds(),
                  permitted.key().algorithm()),
              null,
              0,
              scopes,
              notBefore,
              didYouMean);
    };
  }

  private AccessDecision decide(@Nullable RegisteredClient client, RequestedAccess requested) {
    if (stale) {
      return new TokenOutcome.Refused(Refusal.INDEX_STALE, AccessDecision.RETRY_SECONDS);
    }
    if (client == null) {
      return new TokenOutcome.Refused(Refusal.UNKNOWN_CLIENT);
    }
    if (!client.active()) {
      return new TokenOutcome.Refused(Refusal.DISABLED_CLIENT);
    }
    if (!client.hasCredential(now)) {
      return new TokenOutcome.Refused(Refusal.NO_LIVE_CREDENTIAL);
    }
    AccessDecision decision =
        AccessDecision.of(client, GrantType.CLIENT_CREDENTIALS, requested, image, now);
    int waitSeconds = rateLimiter.waitSeconds(client, now);
    return decision instanceof AccessDecision.Permitted && waitSeconds > 0
        ? new TokenOutcome.Refused(Refusal.TOO_MANY_TOKENS, waitSeconds)
        : decision;
  }

  /**
   * What is asked for.
   *
   * @param grant the client's on the audience, live or expired
   */
  private record Target(
      @Nullable String audience, @Nullable ProtectedResource resource, @Nullable Grant grant) {}

  private Target target(@Nullable RegisteredClient client, RequestedAccess requested) {
    RequestedAccess.Access access =
        requested instanceof RequestedAccess.Access clear ? clear : null;
    String named = access == null ? null : access.audience();
    Grant grant =
        client == null
            ? null
            : access == null || named == null
                ? client.findOnlyGrant(now)
                : AccessDecision.findGrant(client, named, access.byResource(), image, now);
    // of a resource in another spelling, the audience that the token will carry
    String audience = grant == null ? named : grant.audience();
    return new Target(audience, audience == null ? null : image.findResource(audience), grant);
  }

  private @Nullable Instant notBefore(String clientId, Target target) {
    long second =
        target.audience == null
            ? NotBeforeLine.NEVER
            : image.lines().lastSecond(clientId, target.audience);
    return second == NotBeforeLine.NEVER ? null : Instant.ofEpochSecond(second);
  }

  private List<String> didYouMean(@Nullable RegisteredClient client, Target target) {
    String asked = target.audience;
    if (client == null || asked == null || target.grant != null) {
      return List.of();
    }
    String wanted = resemblance(asked);
    return client.grants().stream()
        .filter(grant -> grant.isLive(now))
        .map(Grant::audience)
        .filter(audience -> resemblance(audience).equals(wanted))
        .sorted()
        .limit(MAX_GRANTED_ON)
        .toList();
  }

  /** What people confuse is equal in it: the spelling of a URI, http, a slash at the end, case. */
  private static String resemblance(String audience) {
    return ResourceIdentifier.normalize(audience)
        .toLowerCase(Locale.ROOT)
        .replaceFirst("^https?:", "")
        .replaceFirst("/+$", "");
  }

  private List<ScopeReason> scopes(
      @Nullable RegisteredClient client, RequestedAccess requested, Target target) {
    if (!(requested instanceof RequestedAccess.Access access)) {
      return List.of();
    }
    List<String> asked = access.scopes();
    Grant grant = target.grant;
    List<String> values =
        asked != null ? asked : grant == null ? List.of() : grant.scopes().values();
    return values.stream().distinct().map(value -> scope(client, value, target)).toList();
  }

  private ScopeReason scope(@Nullable RegisteredClient client, String value, Target target) {
    List<String> elsewhere =
        client == null
            ? List.of()
            : client.grants().stream()
                .filter(grant -> !grant.equals(target.grant) && grant.isLive(now))
                .filter(grant -> grant.scopes().contains(value))
                .map(Grant::audience)
                .sorted()
                .limit(MAX_GRANTED_ON)
                .toList();
    return new ScopeReason(value, reason(client, value, target, elsewhere), elsewhere);
  }

  private Reason reason(
      @Nullable RegisteredClient client, String value, Target target, List<String> elsewhere) {
    Grant grant = target.grant;
    if (client == null || grant == null || !grant.scopes().contains(value)) {
      return elsewhere.isEmpty() ? Reason.NOT_GRANTED : Reason.GRANTED_ELSEWHERE;
    }
    if (!grant.isLive(now)) {
      return Reason.GRANT_EXPIRED;
    }
    if (!client.active()) {
      return Reason.DISABLED_CLIENT;
    }
    return target.resource == null || !target.resource.active()
        ? Reason.DISABLED_TARGET
        : Reason.GRANTED;
  }
}
