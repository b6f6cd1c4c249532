package io.postern.change;

import io.postern.client.RegisteredClient;
import io.postern.grant.ProtectedResource;
import io.postern.jose.SigningKeys;

/**
 * One change of the registry: the new state of something, or that it is gone. To apply a change
 * twice is to apply it once.
 */
public sealed interface Change {

  /** A client is new or different; with it the resource that it is under its derived audience. */
  record ClientPut(RegisteredClient client) implements Change {}

  /** A resource with an audience that was given to it is new or different. */
  record ResourcePut(ProtectedResource resource) implements Change {}

  /** An application is no more, neither as a client nor as a resource. */
  record ApplicationRemoved(String id) implements Change {}

  /** The signing keys are others, or in other states. */
  record SigningKeysPut(SigningKeys keys) implements Change {}
}
