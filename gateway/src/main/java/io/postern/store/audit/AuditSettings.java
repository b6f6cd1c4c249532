package io.postern.store.audit;

import java.time.Duration;

/**
 * What becomes of the audit.
 *
 * @param retention how long its events are kept; zero for ever
 */
public record AuditSettings(Duration retention) {
  /** Nothing is forgotten. */
  public static final AuditSettings FOR_EVER = new AuditSettings(Duration.ZERO);
}
