package io.postern.http;

import io.postern.client.CredentialRateLimiter;
import io.postern.client.RegisteredClient;
import io.postern.grant.BuiltInAudience;
import io.postern.index.GrantIndex;
import io.postern.index.IndexImage;
import io.postern.jose.AccessToken;
import io.postern.jose.AccessTokenVerifier;
import io.postern.vault.Access;
import io.postern.vault.CredentialDecision;
import io.postern.vault.CredentialLink;
import io.postern.vault.HostedCredential;
import io.postern.vault.VaultRefusal;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Admits requests for hosted credentials: by the token, then by the agent and its link as they are
 * now, whatever they were when the token was issued. One for each event loop.
 */
public final class VaultAccess {
  private static final int RETRY_SECONDS = 5;

  private final GrantIndex index;
  private final AccessTokenVerifier tokens;
  private final CredentialRateLimiter limiter;

  /**
   * @param tokens the event loop's own
   * @param limiter of all event loops
   */
  public VaultAccess(GrantIndex index, AccessTokenVerifier tokens, CredentialRateLimiter limiter) {
    this.index = index;
    this.tokens = tokens;
    this.limiter = limiter;
  }

  /** What becomes of a request. */
  public sealed interface Admission {

    /** It may have the credential. */
    record Admitted(RegisteredClient agent, HostedCredential credential) implements Admission {}

    /**
     * It may not.
     *
     * @param clientId the agent that the token names; null without a good token
     * @param retryAfterSeconds when to come again, 1 or more; 0 where time does not help
     */
    record Refused(VaultRefusal reason, @Nullable String clientId, int retryAfterSeconds)
        implements Admission {}
  }

  /**
   * Decides.
   *
   * @param image what it is decided by
   * @param token as the request has it; null when it has none
   * @param nanoTime the time of {@link System#nanoTime}
   */
  public Admission admit(
      IndexImage image,
      @Nullable String token,
      String identifier,
      Access access,
      Instant now,
      long nanoTime) {
    if (index.isStale(nanoTime)) {
      return new Admission.Refused(VaultRefusal.INDEX_STALE, null, RETRY_SECONDS);
    }
    if (token == null) {
      return refused(VaultRefusal.NO_TOKEN, null);
    }
    AccessToken verified = tokens.verify(token, image.signingKeys(), BuiltInAudience.VAULT, now);
    if (verified == null) {
      return refused(VaultRefusal.INVALID_TOKEN, null);
    }
    RegisteredClient agent = image.findClient(verified.clientId());
    if (agent == null || !agent.active()) {
      return refused(VaultRefusal.DISABLED_AGENT, verified.clientId());
    }
    if (image.hasEnded(verified)) {
      return refused(VaultRefusal.REVOKED_TOKEN, agent.clientId());
    }
    if (!verified.hasScope(access.scope())) {
      return refused(VaultRefusal.INSUFFICIENT_SCOPE, agent.clientId());
    }
    HostedCredential named = image.findCredential(identifier);
    CredentialLink link = named == null ? null : agent.findLink(named.id());
    return switch (CredentialDecision.of(named, link, access, now)) {
      case CredentialDecision.Refused refused -> refused(refused.reason(), agent.clientId());
      case CredentialDecision.Permitted permitted -> take(agent, permitted, now);
    };
  }

  private Admission take(
      RegisteredClient agent, CredentialDecision.Permitted permitted, Instant now) {
    int wait = limiter.tryTake(agent.clientId(), permitted.link(), now);
    if (wait > 0) {
      return new Admission.Refused(VaultRefusal.TOO_MANY_OF_LINK, agent.clientId(), wait);
    }
    wait = limiter.tryTake(permitted.credential(), now);
    return wait > 0
        ? new Admission.Refused(VaultRefusal.TOO_MANY_OF_CREDENTIAL, agent.clientId(), wait)
        : new Admission.Admitted(agent, permitted.credential());
  }

  private static Admission.Refused refused(VaultRefusal reason, @Nullable String clientId) {
    return new Admission.Refused(reason, clientId, 0);
  }
}
