package io.postern.client;

import io.postern.grant.BuiltInAudience;
import io.postern.grant.Grant;
import io.postern.grant.ScopeSet;
import io.postern.vault.Access;
import io.postern.vault.CredentialLink;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The grants on the vault, which nobody makes: they follow from links to hosted credentials. */
final class VaultGrants {
  private static final ScopeSet OBTAIN = ScopeSet.of(List.of(Access.OBTAIN.scope()));
  private static final ScopeSet RELAY = ScopeSet.of(List.of(Access.RELAY.scope()));
  private static final ScopeSet BOTH =
      ScopeSet.of(List.of(Access.OBTAIN.scope(), Access.RELAY.scope()));

  private VaultGrants() {}

  /** What the live links allow or, when none is live, what the expired ones did; null for none. */
  static @Nullable Grant find(CredentialLink[] links, Instant now) {
    Grant live = of(links, now, true);
    return live == null ? of(links, now, false) : live;
  }

  private static @Nullable Grant of(CredentialLink[] links, Instant now, boolean wantsLive) {
    boolean obtain = false;
    boolean relay = false;
    long lastExpiry = Long.MIN_VALUE;
    for (CredentialLink link : links) {
      if (link.isLive(now) == wantsLive) {
        obtain |= link.obtain();
        relay |= link.relay();
        lastExpiry = Math.max(lastExpiry, link.expiryMicros());
      }
    }
    ScopeSet scopes = obtain ? (relay ? BOTH : OBTAIN) : RELAY;
    return lastExpiry == Long.MIN_VALUE
        ? null
        : new Grant(BuiltInAudience.VAULT, scopes, lastExpiry);
  }
}
