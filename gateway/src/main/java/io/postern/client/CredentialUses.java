package io.postern.client;

import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Which credentials have been good for a token lately, until somebody writes it down. Thread-safe.
 *
 * <p>Of each credential the first use since the last {@link #drain} is kept: a time is wrong by at
 * most the pause between two of them. At most {@value #CAPACITY} are kept; what is beyond, and what
 * comes at the very moment of draining, is lost.
 */
public final class CredentialUses {
  private static final int CAPACITY = 100_000;

  /** A credential of a client. */
  public sealed interface Credential {
    /** A client secret, by its hash. */
    record Secret(String clientId, ClientSecret secret) implements Credential {}

    /** A public key. */
    record Key(String clientId, String kid) implements Credential {}
  }

  private volatile Map<Credential, Instant> uses = new ConcurrentHashMap<>();

  void note(Credential credential, Instant now) {
    Map<Credential, Instant> present = uses;
    if (!present.containsKey(credential) && present.size() < CAPACITY) {
      present.put(credential, now);
    }
  }

  /** Hands over what was kept, and begins anew. */
  public Map<Credential, Instant> drain() {
    Map<Credential, Instant> drained = uses;
    uses = new ConcurrentHashMap<>();
    return drained;
  }
}
