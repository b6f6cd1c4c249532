package io.postern.client;

import io.postern.grant.AgentAudience;
import io.postern.grant.BuiltInAudience;
import io.postern.grant.Grant;
import io.postern.grant.ProtectedResource;
import io.postern.grant.TokenPolicy;
import io.postern.oauth.GrantType;
import io.postern.oauth.ResourceIdentifier;
import io.postern.vault.CredentialLink;
import java.time.Instant;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * An application that may ask for tokens: its credentials and what it has been granted. Immutable;
 * equal when all of it is, whatever the order of credentials and grants, which means nothing.
 *
 * <p>The index holds one for each agent, so it is made of few objects: the settings and the grants
 * are shared with other clients, the credentials are one array of bytes that is read when needed.
 */
public final class RegisteredClient {
  private static final byte[] NO_CREDENTIALS = {};
  private static final Grant[] NO_GRANTS = {};
  private static final CredentialLink[] NO_LINKS = {};

  private final String clientId;
  private final ClientSettings settings;
  private final byte[] credentials;
  private final Grant[] grants;
  private final CredentialLink[] links;

  /**
   * @param settings name all keys under which the secrets are hashed
   * @param grants at most one for each audience
   */
  public RegisteredClient(
      String clientId,
      ClientSettings settings,
      List<ClientSecret> secrets,
      List<ClientKey> keys,
      List<Grant> grants) {
    this(clientId, settings, pack(secrets, keys, settings), pack(grants), NO_LINKS);
  }

  private RegisteredClient(
      String clientId,
      ClientSettings settings,
      byte[] credentials,
      Grant[] grants,
      CredentialLink[] links) {
    this.clientId = clientId;
    this.settings = settings;
    this.credentials = credentials;
    this.grants = grants;
    this.links = links;
  }

  /** The client with these besides what it has; what it has already is not added again. */
  public RegisteredClient with(
      List<ClientSecret> moreSecrets, List<ClientKey> moreKeys, List<Grant> moreGrants) {
    return new RegisteredClient(
        clientId,
        settings,
        moreSecrets.isEmpty() && moreKeys.isEmpty()
            ? credentials
            : pack(union(secrets(), moreSecrets), union(keys(), moreKeys), settings),
        moreGrants.isEmpty() ? grants : pack(union(grants(), moreGrants)),
        links);
  }

  /**
   * The client with these links to hosted credentials besides those that it has.
   *
   * @param more at most one for each credential
   */
  public RegisteredClient withLinks(List<CredentialLink> more) {
    return more.isEmpty()
        ? this
        : new RegisteredClient(
            clientId,
            settings,
            credentials,
            grants,
            union(links(), more).toArray(CredentialLink[]::new));
  }

  private static byte[] pack(
      List<ClientSecret> secrets, List<ClientKey> keys, ClientSettings settings) {
    return secrets.isEmpty() && keys.isEmpty()
        ? NO_CREDENTIALS
        : CredentialBytes.of(secrets, keys, settings.hashKeyIds());
  }

  private static Grant[] pack(List<Grant> grants) {
    return grants.isEmpty() ? NO_GRANTS : grants.toArray(Grant[]::new);
  }

  private static <T> List<T> union(List<T> some, List<T> more) {
    if (some.isEmpty() || more.isEmpty()) {
      return some.isEmpty() ? more : some;
    }
    Set<T> all = new LinkedHashSet<>(some);
    all.addAll(more);
    return List.copyOf(all);
  }

  public String clientId() {
    return clientId;
  }

  public ClientSettings settings() {
    return settings;
  }

  public boolean active() {
    return settings.active();
  }

  public Set<GrantType> grantTypes() {
    return settings.grantTypes();
  }

  public AssertionAudience assertionAudience() {
    return settings.assertionAudience();
  }

  /** The secrets, made anew from what is held. */
  public List<ClientSecret> secrets() {
    return CredentialBytes.secrets(credentials, settings.hashKeyIds());
  }

  /** The keys, made anew from what is held; equal ones each time. */
  public List<ClientKey> keys() {
    return CredentialBytes.keys(credentials);
  }

  /** Whether any secret or key is live. */
  public boolean hasCredential(Instant now) {
    return secrets().stream().anyMatch(secret -> secret.isLive(now))
        || keys().stream().anyMatch(key -> key.isLive(now));
  }

  /** The grants, live and expired ones. */
  public List<Grant> grants() {
    return List.of(grants);
  }

  /** The number of grants, expired ones too. */
  public int grantCount() {
    return grants.length;
  }

  /** The resource that this is under its derived audience; null when it is none under that. */
  public @Nullable ProtectedResource findAgentResource() {
    TokenPolicy tokens = settings.agentTokens();
    return tokens == null
        ? null
        : new ProtectedResource(clientId, AgentAudience.of(clientId), active(), tokens);
  }

  /** The grant on an audience, live or expired; or null. */
  public @Nullable Grant findGrant(String audience) {
    for (Grant grant : grants) {
      if (grant.audience().equals(audience)) {
        return grant;
      }
    }
    return null;
  }

  /** The live grant on an audience, or null. */
  public @Nullable Grant findGrant(String audience, Instant now) {
    Grant grant = findGrant(audience);
    return grant == null || !grant.isLive(now) ? null : grant;
  }

  /**
   * The grant, live or expired, on an audience that is the same URI in whatever spelling; null when
   * there is none, or when there are several.
   */
  public @Nullable Grant findGrantOfEqual(String resource) {
    String normal = ResourceIdentifier.normalize(resource);
    Grant found = null;
    for (Grant grant : grants) {
      if (ResourceIdentifier.normalize(grant.audience()).equals(normal)) {
        if (found != null) {
          return null;
        }
        found = grant;
      }
    }
    return found;
  }

  /** The links to hosted credentials, live and expired ones. */
  public List<CredentialLink> links() {
    return List.of(links);
  }

  /** The link to a hosted credential, live or expired; or null. */
  public @Nullable CredentialLink findLink(String credentialId) {
    for (CredentialLink link : links) {
      if (link.credentialId().equals(credentialId)) {
        return link;
      }
    }
    return null;
  }

  /**
   * The grant on the vault that follows from the links: what the live ones allow or, when none is
   * live, what the expired ones did; null without any.
   */
  public @Nullable Grant findVaultGrant(Instant now) {
    return VaultGrants.find(links, now);
  }

  /** Whether any grant is live on an audience that is not built in. */
  public boolean hasGrant(Instant now) {
    for (Grant grant : grants) {
      if (counts(grant, now)) {
        return true;
      }
    }
    return false;
  }

  /**
   * The only live grant on an audience that is not built in; null when there are several or none.
   */
  public @Nullable Grant findOnlyGrant(Instant now) {
    Grant only = null;
    for (Grant grant : grants) {
      if (counts(grant, now)) {
        if (only != null) {
          return null;
        }
        only = grant;
      }
    }
    return only;
  }

  private static boolean counts(Grant grant, Instant now) {
    return grant.isLive(now) && !BuiltInAudience.contains(grant.audience());
  }

  @Override
  public boolean equals(@Nullable Object other) {
    return other instanceof RegisteredClient client
        && client.clientId.equals(clientId)
        && client.settings.equals(settings)
        && Set.copyOf(client.secrets()).equals(Set.copyOf(secrets()))
        && Set.copyOf(client.keys()).equals(Set.copyOf(keys()))
        && Set.copyOf(client.grants()).equals(Set.copyOf(grants()))
        && Set.copyOf(client.links()).equals(Set.copyOf(links()));
  }

  @Override
  public int hashCode() {
    return clientId.hashCode();
  }

  @Override
  public String toString() {
    return "RegisteredClient[clientId="
        + clientId
        + ", settings="
        + settings
        + ", credentials=<redacted>, grants="
        + Arrays.toString(grants)
        + ", links="
        + Arrays.toString(links)
        + "]";
  }
}
