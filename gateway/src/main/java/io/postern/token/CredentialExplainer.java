package io.postern.token;

import io.postern.client.CredentialRateLimiter;
import io.postern.client.RegisteredClient;
import io.postern.grant.AccessExplanation;
import io.postern.grant.BuiltInAudience;
import io.postern.index.IndexImage;
import io.postern.vault.Access;
import io.postern.vault.CredentialDecision;
import io.postern.vault.CredentialExplanation;
import io.postern.vault.CredentialExplanation.Way;
import io.postern.vault.CredentialLink;
import io.postern.vault.HostedCredential;
import io.postern.vault.VaultRefusal;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Explains what an agent would meet that asks for a hosted credential with a token of its own: by
 * what decides there, but nothing is counted, opened or called. What a link says is told before
 * what the token lacks, since the token follows from it.
 */
public final class CredentialExplainer {
  private final IndexImage image;
  private final boolean stale;
  private final TokenExplainer tokens;
  private final CredentialRateLimiter limiter;
  private final Instant now;

  /**
   * @param stale whether the image is too old to answer by
   * @param tokens explains by the same image
   * @param limiter that of the vault
   */
  public CredentialExplainer(
      IndexImage image,
      boolean stale,
      TokenExplainer tokens,
      CredentialRateLimiter limiter,
      Instant now) {
    this.image = image;
    this.stale = stale;
    this.tokens = tokens;
    this.limiter = limiter;
    this.now = now;
  }

  /**
   * Explains.
   *
   * @param scope as the token endpoint takes it, empty when it is omitted
   */
  public CredentialExplanation explain(String clientId, String identifier, String scope) {
    AccessExplanation token = tokens.explain(clientId, BuiltInAudience.VAULT, "", scope);
    HostedCredential credential = image.findCredential(identifier);
    RegisteredClient agent = image.findClient(clientId);
    return new CredentialExplanation(
        token,
        identifier,
        credential == null ? null : credential.id(),
        way(agent, credential, token.token(), Access.OBTAIN),
        way(agent, credential, token.token(), Access.RELAY));
  }

  private Way way(
      @Nullable RegisteredClient agent,
      @Nullable HostedCredential credential,
      AccessExplanation.@Nullable Token token,
      Access access) {
    boolean inToken =
        token != null && List.of(token.scope().split(" ", -1)).contains(access.scope());
    if (stale) {
      return new Way(inToken, VaultRefusal.INDEX_STALE, AccessDecision.RETRY_SECONDS);
    }
    if (agent == null || !agent.active()) {
      return new Way(inToken, VaultRefusal.DISABLED_AGENT, 0);
    }
    CredentialLink link = credential == null ? null : agent.findLink(credential.id());
    return switch (CredentialDecision.of(credential, link, access, now)) {
      case CredentialDecision.Refused refused -> new Way(inToken, refused.reason(), 0);
      case CredentialDecision.Permitted permitted ->
          permitted.credential().findValue(now) == null
              ? new Way(inToken, VaultRefusal.CREDENTIAL_EXPIRED, 0)
              : token == null
                  ? new Way(false, VaultRefusal.NO_TOKEN, 0)
                  : inToken
                      ? limited(agent, permitted)
                      : new Way(false, VaultRefusal.INSUFFICIENT_SCOPE, 0);
    };
  }

  private Way limited(RegisteredClient agent, CredentialDecision.Permitted permitted) {
    int wait = limiter.waitSeconds(agent.clientId(), permitted.link(), now);
    if (wait > 0) {
      return new Way(true, VaultRefusal.TOO_MANY_OF_LINK, wait);
    }
    wait = limiter.waitSeconds(permitted.credential(), now);
    return new Way(true, wait > 0 ? VaultRefusal.TOO_MANY_OF_CREDENTIAL : null, wait);
  }
}
