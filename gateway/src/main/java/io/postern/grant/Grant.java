package io.postern.grant;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The scopes that one client may have on one audience.
 *
 * @param scopes sorted, distinct, not empty
 * @param expiresAt the first instant at which it is no longer good, or null for never
 */
public record Grant(String audience, List<String> scopes, @Nullable Instant expiresAt) {

  public Grant {
    scopes = List.copyOf(scopes);
  }

  /** Whether the grant still holds. */
  public boolean isLive(Instant now) {
    return expiresAt == null || now.isBefore(expiresAt);
  }

  /**
   * Filters a request: what was asked for and is granted (RFC 6749 §3.3).
   *
   * @param requested the scope values asked for on this audience, or null for all
   */
  public ScopeDecision decide(@Nullable Set<String> requested) {
    if (requested == null) {
      return new ScopeDecision.Granted(scopes);
    }
    List<String> granted = new ArrayList<>(Math.min(scopes.size(), requested.size()));
    for (String scope : scopes) {
      if (requested.contains(scope)) {
        granted.add(scope);
      }
    }
    return granted.isEmpty() ? ScopeDecision.Nothing.GRANTED : new ScopeDecision.Granted(granted);
  }
}
