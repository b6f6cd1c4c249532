package io.postern.store.database;

import java.io.IOException;

/** There is no session with the database; one line says why, of each host, without secrets. */
public final class DatabaseConnectException extends IOException {
  private static final long serialVersionUID = 1;

  DatabaseConnectException(String message) {
    super(message);
  }
}
