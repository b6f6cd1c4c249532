package io.postern.store.database;

/** Postern cannot work with the database as it is; says why and what to do. */
public final class UnfitDatabaseException extends RuntimeException {
  private static final long serialVersionUID = 1;

  UnfitDatabaseException(String message) {
    super(message);
  }
}
