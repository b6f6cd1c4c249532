package io.postern.store.database;

/** PostgreSQL cannot be reached, is overloaded or shutting down. To try again later may help. */
public final class DatabaseUnavailableException extends RuntimeException {
  private final boolean effectUnknown;

  DatabaseUnavailableException(Throwable cause, boolean effectUnknown) {
    super("PostgreSQL is not available", cause);
    this.effectUnknown = effectUnknown;
  }

  /** Whether the transaction may have been committed: it ended without an answer to the commit. */
  public boolean effectUnknown() {
    return effectUnknown;
  }
}
