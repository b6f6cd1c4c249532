package io.postern.command;

/** The start cannot go on; one line that says why and what to do. Ends it with status 1. */
final class StartException extends RuntimeException {
  private static final long serialVersionUID = 1;

  StartException(String message) {
    super(message);
  }

  StartException(String message, Throwable cause) {
    super(message, cause);
  }
}
