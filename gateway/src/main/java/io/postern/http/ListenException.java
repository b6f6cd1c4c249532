package io.postern.http;

/** A listener cannot be bound; says where. */
public final class ListenException extends RuntimeException {
  private static final long serialVersionUID = 1;

  public ListenException(String host, int port, Throwable cause) {
    super("cannot listen on " + host + ":" + port + ": " + cause.getMessage(), cause);
  }
}
