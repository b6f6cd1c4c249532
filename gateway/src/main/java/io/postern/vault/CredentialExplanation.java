package io.postern.vault;

import io.postern.grant.AccessExplanation;
import org.jspecify.annotations.Nullable;

/**
 * What an agent that asks for a hosted credential would meet, and why.
 *
 * @param token the agent's for the vault
 * @param credentialId null when there is no such credential
 */
public record CredentialExplanation(
    AccessExplanation token,
    String identifier,
    @Nullable String credentialId,
    Way obtain,
    Way relay) {

  /**
   * One of the ways to it.
   *
   * @param inToken whether the token carries the scope that this needs
   * @param refusal null when the agent may
   * @param retryAfterSeconds when to come again, 1 or more; 0 where time does not help
   */
  public record Way(boolean inToken, @Nullable VaultRefusal refusal, int retryAfterSeconds) {}
}
