package io.postern.change;

import io.postern.client.ClientKey;
import io.postern.client.ClientSecret;
import io.postern.client.RegisteredClient;
import io.postern.grant.Grant;
import io.postern.grant.ProtectedResource;
import io.postern.jose.SigningKeys;
import io.postern.revocation.NotBeforeLine;
import io.postern.vault.CredentialLink;
import io.postern.vault.HostedCredential;
import java.util.List;

/**
 * One change of the registry: the new state of something, or that it is gone. To apply a change
 * twice is to apply it once.
 */
public sealed interface Change {

  /** A client is new or different; with it the resource that it is under its derived audience. */
  record ClientPut(RegisteredClient client) implements Change {}

  /**
   * A client of an earlier change set has these credentials and grants besides those that it had.
   * Of an application that is no client, nothing changes.
   */
  record ClientExtended(
      String clientId, List<ClientSecret> secrets, List<ClientKey> keys, List<Grant> grants)
      implements Change {
    public ClientExtended {
      secrets = List.copyOf(secrets);
      keys = List.copyOf(keys);
      grants = List.copyOf(grants);
    }
  }

  /** The same with links to hosted credentials. */
  record ClientLinked(String clientId, List<CredentialLink> links) implements Change {
    public ClientLinked {
      links = List.copyOf(links);
    }
  }

  /** A resource with an audience that was given to it is new or different. */
  record ResourcePut(ProtectedResource resource) implements Change {}

  /** An application is no more, neither as a client nor as a resource. */
  record ApplicationRemoved(String id) implements Change {}

  /** A hosted credential is new or different. */
  record CredentialPut(HostedCredential credential) implements Change {}

  /** An application is no client any more, though it may be a resource. */
  record ClientRemoved(String clientId) implements Change {}

  /** A hosted credential is no more. */
  record CredentialRemoved(String id) implements Change {}

  /** A not-before line is new or different. */
  record LinePut(NotBeforeLine line) implements Change {}

  /** A not-before line is no more, since no token is as old. */
  record LineRemoved(String line) implements Change {}

  /** The signing keys are others, or in other states. */
  record SigningKeysPut(SigningKeys keys) implements Change {}
}
