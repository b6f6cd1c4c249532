package io.postern.change;

import io.postern.client.RegisteredClient;
import io.postern.grant.ProtectedResource;
import io.postern.jose.SigningKeys;

/**
 * One change of the registry: the new state of something, or that it is gone. To apply a change
 * twice is to apply it once.
 */
public sealed interface Change {

  /** A client is new or different. */
  record ClientPut(RegisteredClient client) implements Change {}

  /** An application is no client, or is no more. */
  record ClientRemoved(String clientId) implements Change {}

  /** A resource is new or different. */
  record ResourcePut(ProtectedResource resource) implements Change {}

  /** An application is no resource, or is no more. */
  record ResourceRemoved(String id) implements Change {}

  /** The signing keys are others, or in other states. */
  record SigningKeysPut(SigningKeys keys) implements Change {}
}
