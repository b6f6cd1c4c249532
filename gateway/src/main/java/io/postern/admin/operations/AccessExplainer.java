package io.postern.admin.operations;

import io.postern.grant.AccessExplanation;

/** Says what the token endpoint would decide now, from memory. */
@FunctionalInterface
public interface AccessExplainer {
  /**
   * Explains a request of a client that presents a right credential.
   *
   * @param audience as the token endpoint takes it, empty when it is omitted; the others too
   */
  AccessExplanation explain(String clientId, String audience, String resource, String scope);
}
