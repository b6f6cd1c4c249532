package io.postern.grant;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The scopes that a client may have on one audience. It names no client: equal grants of many
 * clients are one object in the index.
 *
 * @param expiryMicros as {@link Expiry} has it
 */
public record Grant(String audience, ScopeSet scopes, long expiryMicros) {

  /** Whether the grant still holds. */
  public boolean isLive(Instant now) {
    return Expiry.isAhead(expiryMicros, now);
  }

  /**
   * Filters a request: what was asked for and is granted (RFC 6749 §3.3).
   *
   * @param requested the scope values asked for on this audience, perhaps repeated, or null for all
   */
  public ScopeDecision decide(@Nullable List<String> requested) {
    String granted = requested == null ? scopes.text() : scopes.textOf(requested);
    return granted == null ? ScopeDecision.Nothing.GRANTED : new ScopeDecision.Granted(granted);
  }
}
