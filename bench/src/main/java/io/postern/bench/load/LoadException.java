package io.postern.bench.load;

/** A measurement that cannot be made, or whose numbers would mean nothing. */
final class LoadException extends RuntimeException {
  LoadException(String message) {
    super(message);
  }

  LoadException(String message, Throwable cause) {
    super(message, cause);
  }
}
