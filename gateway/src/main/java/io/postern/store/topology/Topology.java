package io.postern.store.topology;

import io.postern.store.registry.ApplicationRow.Scope;
import io.postern.store.registry.ApplicationRow.Settings;
import io.postern.store.registry.GrantRow;
import io.postern.store.registry.KeyRow;
import io.vertx.core.buffer.Buffer;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Who exists and who may have what: agents, services, scopes, public keys and grants. No secrets.
 */
public record Topology(List<Service> services, List<Agent> agents) {
  public Topology {
    services = List.copyOf(services);
    agents = List.copyOf(agents);
  }

  /** A service; its audience names it. */
  public record Service(String audience, Settings settings, List<Scope> scopes) {
    public Service {
      scopes = List.copyOf(scopes);
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
      List<Grant> grants) {
    public Agent {
      keys = List.copyOf(keys);
      grants = List.copyOf(grants);
    }
  }

  /**
   * A public key; its {@code kid} names it among those of its agent.
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
}
