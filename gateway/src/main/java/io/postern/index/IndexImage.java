package io.postern.index;

import io.postern.change.Change;
import io.postern.change.ChangeSet;
import io.postern.change.Revision;
import io.postern.client.ClientDirectory;
import io.postern.client.RegisteredClient;
import io.postern.grant.ProtectedResource;
import io.postern.jose.SigningKeys;
import org.jspecify.annotations.Nullable;

/**
 * The registry at one revision, as token requests need it. Immutable; an image and a change set
 * make the next image, which shares with the former all that did not change.
 */
public final class IndexImage implements ClientDirectory {
  /** The image before anything was read. */
  public static final IndexImage EMPTY =
      new IndexImage(
          Revision.NONE, HashTrie.empty(), HashTrie.empty(), HashTrie.empty(), SigningKeys.NONE);

  private final Revision revision;
  private final HashTrie<RegisteredClient> clients;
  private final HashTrie<ProtectedResource> resourcesByAudience;
  // by id: a resource that is gone is known by its id alone
  private final HashTrie<String> audiences;
  private final SigningKeys signingKeys;

  private IndexImage(
      Revision revision,
      HashTrie<RegisteredClient> clients,
      HashTrie<ProtectedResource> resourcesByAudience,
      HashTrie<String> audiences,
      SigningKeys signingKeys) {
    this.revision = revision;
    this.clients = clients;
    this.resourcesByAudience = resourcesByAudience;
    this.audiences = audiences;
    this.signingKeys = signingKeys;
  }

  /** The image with these changes. */
  public IndexImage with(ChangeSet changes) {
    Builder next = new Builder(this);
    changes.changes().forEach(next::apply);
    return next.build(changes.to());
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
    return resourcesByAudience.find(audience);
  }

  /** The published signing keys. */
  public SigningKeys signingKeys() {
    return signingKeys;
  }

  /** The number of clients. */
  public int clientCount() {
    return clients.size();
  }

  /** The number of resources. */
  public int resourceCount() {
    return audiences.size();
  }

  /** Counts the grants; walks all clients. */
  public long countGrants() {
    long[] count = new long[1];
    clients.forEach(client -> count[0] += client.grants().size());
    return count[0];
  }

  private static final class Builder {
    private HashTrie<RegisteredClient> clients;
    private HashTrie<ProtectedResource> resourcesByAudience;
    private HashTrie<String> audiences;
    private SigningKeys signingKeys;

    Builder(IndexImage image) {
      clients = image.clients;
      resourcesByAudience = image.resourcesByAudience;
      audiences = image.audiences;
      signingKeys = image.signingKeys;
    }

    void apply(Change change) {
      switch (change) {
        case Change.ClientPut put -> clients = clients.with(put.client().clientId(), put.client());
        case Change.ClientRemoved removed -> clients = clients.without(removed.clientId());
        case Change.ResourcePut put -> putResource(put.resource());
        case Change.ResourceRemoved removed -> removeResource(removed.id());
        case Change.SigningKeysPut put -> signingKeys = put.keys();
      }
    }

    private void putResource(ProtectedResource resource) {
      resourcesByAudience = resourcesByAudience.with(resource.audience(), resource);
      audiences = audiences.with(resource.id(), resource.audience());
    }

    private void removeResource(String id) {
      String audience = audiences.find(id);
      if (audience != null) {
        audiences = audiences.without(id);
        // its audience may be another resource's by now
        ProtectedResource present = resourcesByAudience.find(audience);
        if (present != null && present.id().equals(id)) {
          resourcesByAudience = resourcesByAudience.without(audience);
        }
      }
    }

    IndexImage build(Revision revision) {
      return new IndexImage(revision, clients, resourcesByAudience, audiences, signingKeys);
    }
  }
}
