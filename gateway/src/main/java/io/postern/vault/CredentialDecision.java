package io.postern.vault;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** Whether an agent may have a hosted credential, in one of the two ways. */
public sealed interface CredentialDecision {

  /** It may. */
  record Permitted(HostedCredential credential, CredentialLink link)
      implements CredentialDecision {}

  /** It may not. */
  record Refused(VaultRefusal reason) implements CredentialDecision {}

  /**
   * Decides.
   *
   * @param credential the one that is named; null when there is none
   * @param link the agent's to it; null when there is none
   */
  static CredentialDecision of(
      @Nullable HostedCredential credential,
      @Nullable CredentialLink link,
      Access access,
      Instant now) {
    if (credential == null) {
      return new Refused(VaultRefusal.UNKNOWN_CREDENTIAL);
    }
    if (link == null) {
      return new Refused(VaultRefusal.NOT_LINKED);
    }
    if (!link.isLive(now)) {
      return new Refused(VaultRefusal.LINK_EXPIRED);
    }
    if (!link.allows(access)) {
      return new Refused(VaultRefusal.ACCESS_NOT_LINKED);
    }
    if (!credential.isLive(now)) {
      return new Refused(VaultRefusal.CREDENTIAL_EXPIRED);
    }
    if (access == Access.RELAY && credential.target() == null) {
      return new Refused(VaultRefusal.NO_TARGET);
    }
    return new Permitted(credential, link);
  }
}
