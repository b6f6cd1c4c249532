package io.postern.admin.operations;

import io.postern.grant.AccessExplanation;
import io.postern.vault.CredentialExplanation;

/** Says what the token endpoint and the vault would decide now, from memory. */
public interface AccessExplainer {
  /**
   * Explains a request of a client that presents a right credential.
   *
   * @param audience as the token endpoint takes it, empty when it is omitted; the others too
   */
  AccessExplanation explain(String clientId, String audience, String resource, String scope);

  /**
   * Explains what a client would meet that asks for a hosted credential.
   *
   * @param scope as above, of the token that it would ask with
   */
  CredentialExplanation explainCredential(String clientId, String identifier, String scope);
}
