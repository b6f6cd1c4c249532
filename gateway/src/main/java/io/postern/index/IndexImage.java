package io.postern.index;

import io.postern.change.Change;
import io.postern.change.ChangeSet;
import io.postern.change.Revision;
import io.postern.client.ClientDirectory;
import io.postern.client.RegisteredClient;
import io.postern.grant.AgentAudience;
import io.postern.grant.ProtectedResource;
import io.postern.jose.AccessToken;
import io.postern.jose.SigningKeys;
import io.postern.vault.HostedCredential;
import org.jspecify.annotations.Nullable;

/**
 * The registry at one revision, as token requests need it. Immutable; an image and a change set
 * make the next image, which shares with the former all that did not change.
 *
 * <p>Most agents are known by the audience that follows from their id. They are found as clients,
 * and nothing is held for that audience; only the resources that were given one have their own
 * entries.
 */
public final class IndexImage implements ClientDirectory {
  /** The image before anything was read. */
  public static final IndexImage EMPTY =
      new IndexImage(
          Revision.NONE,
          HashTrie.empty(RegisteredClient::clientId),
          HashTrie.empty(ProtectedResource::audience),
          HashTrie.empty(ProtectedResource::id),
          0,
          HashTrie.empty(HostedCredential::identifier),
          HashTrie.empty(HostedCredential::id),
          NotBeforeLines.NONE,
          SigningKeys.NONE);

  private final Revision revision;
  private final HashTrie<RegisteredClient> clients;
  private final HashTrie<ProtectedResource> resourcesByAudience;
  // a resource that is gone is known by its id alone
  private final HashTrie<ProtectedResource> resourcesById;
  private final int agentResources;
  private final HashTrie<HostedCredential> credentialsByIdentifier;
  // one that is gone is known by its id alone
  private final HashTrie<HostedCredential> credentialsById;
  private final NotBeforeLines lines;
  private final SigningKeys signingKeys;

  private IndexImage(
      Revision revision,
      HashTrie<RegisteredClient> clients,
      HashTrie<ProtectedResource> resourcesByAudience,
      HashTrie<ProtectedResource> resourcesById,
      int agentResources,
      HashTrie<HostedCredential> credentialsByIdentifier,
      HashTrie<HostedCredential> credentialsById,
      NotBeforeLines lines,
      SigningKeys signingKeys) {
    this.revision = revision;
    this.clients = clients;
    this.resourcesByAudience = resourcesByAudience;
    this.resourcesById = resourcesById;
    this.agentResources = agentResources;
    this.credentialsByIdentifier = credentialsByIdentifier;
    this.credentialsById = credentialsById;
    this.lines = lines;
    this.signingKeys = signingKeys;
  }

  /** The image with these changes. */
  public IndexImage with(ChangeSet changes) {
    Builder next = edit();
    next.apply(changes);
    return next.build();
  }

  /** Starts from this image, which stays as it is. */
  public Builder edit() {
    return new Builder(this);
  }

  /** The revision that this image shows. */
  public Revision revision() {
    return revision;
  }

  @Override
  public @Nullable RegisteredClient findClient(String clientId) {
    return clients.find(clientId);
  }

  /** The resource of that audience, active or not; null when there is none. */
  public @Nullable ProtectedResource findResource(String audience) {
    String agentId = AgentAudience.findId(audience);
    RegisteredClient agent = agentId == null ? null : clients.find(agentId);
    ProtectedResource resource = agent == null ? null : agent.findAgentResource();
    // another may have been given an audience that looks like an agent's
    return resource == null ? resourcesByAudience.find(audience) : resource;
  }

  /** The resource that a client is itself, active or not; null when it is none. */
  public @Nullable ProtectedResource findResourceOf(RegisteredClient client) {
    ProtectedResource resource = client.findAgentResource();
    return resource == null ? resourcesById.find(client.clientId()) : resource;
  }

  /** The hosted credential that agents call so, or null. */
  public @Nullable HostedCredential findCredential(String identifier) {
    return credentialsByIdentifier.find(identifier);
  }

  /** The hosted credential of that id, or null. */
  public @Nullable HostedCredential findCredentialById(String id) {
    return credentialsById.find(id);
  }

  /** The number of hosted credentials. */
  public int credentialCount() {
    return credentialsById.size();
  }

  /** What has ended before its time. */
  public NotBeforeLines lines() {
    return lines;
  }

  /** Whether a not-before line has ended a token. */
  public boolean hasEnded(AccessToken token) {
    return lines.hasEnded(token.clientId(), token.audience(), token.jti(), token.issuedAt());
  }

  /** The published signing keys. */
  public SigningKeys signingKeys() {
    return signingKeys;
  }

  /** The number of clients, services that hold credentials among them. */
  public int clientCount() {
    return clients.size();
  }

  /** The number of resources. */
  public int resourceCount() {
    return resourcesById.size() + agentResources;
  }

  /** Counts the grants; walks all clients. */
  public long countGrants() {
    long[] count = new long[1];
    clients.forEach(client -> count[0] += client.grantCount());
    return count[0];
  }

  /**
   * The next image in the making: change sets are applied one after the other, and nobody sees it
   * before it is built. Confined to one thread.
   */
  public static final class Builder {
    private final HashTrie.Builder<RegisteredClient> clients;
    private final HashTrie.Builder<ProtectedResource> resourcesByAudience;
    private final HashTrie.Builder<ProtectedResource> resourcesById;
    private final HashTrie.Builder<HostedCredential> credentialsByIdentifier;
    private final HashTrie.Builder<HostedCredential> credentialsById;
    private final NotBeforeLines.Builder lines;
    private int agentResources;
    private SigningKeys signingKeys;
    private Revision revision;

    private Builder(IndexImage image) {
      clients = image.clients.edit();
      resourcesByAudience = image.resourcesByAudience.edit();
      resourcesById = image.resourcesById.edit();
      agentResources = image.agentResources;
      credentialsByIdentifier = image.credentialsByIdentifier.edit();
      credentialsById = image.credentialsById.edit();
      lines = image.lines.edit();
      signingKeys = image.signingKeys;
      revision = image.revision;
    }

    /** Applies changes; the image's revision is theirs. */
    public void apply(ChangeSet changes) {
      changes.changes().forEach(this::apply);
      revision = changes.to();
    }

    private void apply(Change change) {
      switch (change) {
        case Change.ClientPut put ->
            agentResources += count(put.client()) - count(clients.put(put.client()));
        case Change.ClientExtended more ->
            clients.replace(
                more.clientId(), client -> client.with(more.secrets(), more.keys(), more.grants()));
        case Change.ClientLinked linked ->
            clients.replace(linked.clientId(), client -> client.withLinks(linked.links()));
        case Change.ClientRemoved removed ->
            agentResources -= count(clients.remove(removed.clientId()));
        case Change.CredentialPut put -> {
          forget(credentialsById.put(put.credential()));
          credentialsByIdentifier.put(put.credential());
        }
        case Change.CredentialRemoved removed -> forget(credentialsById.remove(removed.id()));
        case Change.ResourcePut put -> {
          release(resourcesById.put(put.resource()));
          resourcesByAudience.put(put.resource());
        }
        case Change.ApplicationRemoved removed -> {
          agentResources -= count(clients.remove(removed.id()));
          release(resourcesById.remove(removed.id()));
        }
        case Change.LinePut put -> lines.put(put.line());
        case Change.LineRemoved removed -> lines.remove(removed.line());
        case Change.SigningKeysPut put -> signingKeys = put.keys();
      }
    }

    private static int count(@Nullable RegisteredClient client) {
      return client == null || client.settings().agentTokens() == null ? 0 : 1;
    }

    private void release(@Nullable ProtectedResource former) {
      if (former != null) {
        ProtectedResource present = resourcesByAudience.find(former.audience());
        // its audience may be another resource's by now
        if (present != null && present.id().equals(former.id())) {
          resourcesByAudience.remove(former.audience());
        }
      }
    }

    private void forget(@Nullable HostedCredential former) {
      if (former != null) {
        HostedCredential present = credentialsByIdentifier.find(former.identifier());
        // what it was called may be another's name by now
        if (present != null && present.id().equals(former.id())) {
          credentialsByIdentifier.remove(former.identifier());
        }
      }
    }

    /** The image with all that was applied. */
    public IndexImage build() {
      return new IndexImage(
          revision,
          clients.build(),
          resourcesByAudience.build(),
          resourcesById.build(),
          agentResources,
          credentialsByIdentifier.build(),
          credentialsById.build(),
          lines.build(),
          signingKeys);
    }
  }
}
