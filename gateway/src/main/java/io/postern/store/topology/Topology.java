package io.postern.store.topology;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.store.registry.ApplicationRow.Scope;
import io.postern.store.registry.ApplicationRow.Settings;
import io.postern.store.registry.GrantRow;
import io.postern.store.registry.KeyRow;
import io.postern.vault.Access;
import io.postern.vault.BusinessType;
import io.postern.vault.CredentialKind;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who exists and who may have what: agents, services, scopes, public keys and grants, hosted
 * credentials and the links to them. No secrets, but for the values that credentials are to hold.
 */
public record Topology(List<Service> services, List<Agent> agents, Listed<Credential> credentials) {
  public Topology {
    services = List.copyOf(services);
    agents = List.copyOf(agents);
  }

  /**
   * A list that may be left out, which says nothing, while an empty one says that there is none.
   *
   * @param stated whether it stands there
   */
  public record Listed<T>(boolean stated, List<T> elements) {
    public Listed {
      elements = List.copyOf(elements);
    }

    public static <T> Listed<T> of(List<T> elements) {
      return new Listed<>(true, elements);
    }

    public static <T> Listed<T> omitted() {
      return new Listed<>(false, List.of());
    }
  }

  /** A service; its audience names it. */
  public record Service(String audience, Settings settings, List<Scope> scopes, List<Key> keys) {
    public Service {
      scopes = List.copyOf(scopes);
      keys = List.copyOf(keys);
    }
  }

  /**
   * An agent; its id names it.
   *
   * @param audience null for whichever it has, or gets by itself
   */
  public record Agent(
      String clientId,
      @Nullable String audience,
      Settings settings,
      List<Key> keys,
      List<Grant> grants,
      Listed<Link> links) {
    public Agent {
      keys = List.copyOf(keys);
      grants = List.copyOf(grants);
    }
  }

  /**
   * A public key; its {@code kid} names it among those of its agent or service.
   *
   * @param thumbprint RFC 7638, SHA-256
   * @param keyType the curve's name, or RSA
   * @param publicKey X.509 SubjectPublicKeyInfo; not to be changed
   * @param alg the one algorithm that it may be used with, or null
   * @param expiresAt null for never
   */
  public record Key(
      String kid,
      String thumbprint,
      String keyType,
      Buffer publicKey,
      @Nullable String alg,
      @Nullable Instant expiresAt) {

    static Key of(KeyRow row) {
      return new Key(
          row.kid(), row.thumbprint(), row.keyType(), row.publicKey(), row.alg(), row.expiresAt());
    }
  }

  /**
   * What an agent may have on a service or on another agent; the audience names it among those of
   * its agent.
   *
   * @param scopes sorted and distinct
   * @param expiresAt null for never
   */
  public record Grant(String audience, List<String> scopes, @Nullable Instant expiresAt) {
    public Grant {
      scopes = List.copyOf(scopes);
    }

    static Grant of(GrantRow row) {
      return new Grant(row.audience(), row.scopes(), row.expiresAt());
    }
  }

  /**
   * What an agent may do with a hosted credential; the identifier names it among those of its
   * agent.
   *
   * @param access sorted and distinct
   * @param requestsPerMinute null for any number
   * @param expiresAt null for never
   */
  public record Link(
      String identifier,
      List<String> access,
      @Nullable Integer requestsPerMinute,
      @Nullable Instant expiresAt) {
    public Link {
      access = List.copyOf(access);
    }

    /** Whether the agent may call through the relay. */
    public boolean relays() {
      return access.contains(Access.RELAY.value());
    }
  }

  /**
   * A hosted credential; its identifier names it.
   *
   * @param expiresAt null for never
   * @param requestsPerMinute null for any number
   * @param target as JSON, without what is null; null when the relay may call nothing
   * @param oauthClient as JSON, without what is null; null for an API key
   * @param value what it is to hold from now on; null for what it holds
   */
  public record Credential(
      String identifier,
      String name,
      @Nullable String description,
      @Nullable BusinessType businessType,
      @Nullable String keyId,
      @Nullable Instant expiresAt,
      @Nullable Integer requestsPerMinute,
      @Nullable ObjectNode target,
      @Nullable ObjectNode oauthClient,
      @Nullable Value value) {

    public CredentialKind kind() {
      return oauthClient == null ? CredentialKind.API_KEY : CredentialKind.OAUTH_CLIENT;
    }

    /** The same, to hold that. */
    public Credential holding(ObjectNode client, Value newValue) {
      return new Credential(
          identifier,
          name,
          description,
          businessType,
          keyId,
          expiresAt,
          requestsPerMinute,
          target,
          client,
          newValue);
    }

    /** The same, to hold what it holds. */
    public Credential keeping(@Nullable ObjectNode client) {
      return new Credential(
          identifier,
          name,
          description,
          businessType,
          keyId,
          expiresAt,
          requestsPerMinute,
          target,
          client,
          null);
    }
  }

  /** A value of a hosted credential in the clear, for as long as it takes to seal it. */
  public static final class Value {
    private final byte[] bytes;

    /**
     * @param bytes not to be changed
     */
    public Value(byte[] bytes) {
      this.bytes = bytes;
    }

    /** Not to be changed. */
    public byte[] bytes() {
      return bytes;
    }

    @Override
    public String toString() {
      return "Value[<redacted>]";
    }
  }
}
