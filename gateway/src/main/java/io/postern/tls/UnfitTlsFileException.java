package io.postern.tls;

/** A file that no listener can use; the message is one line and quotes nothing of its content. */
public final class UnfitTlsFileException extends Exception {
  private static final long serialVersionUID = 1;

  /** What the file is for. */
  public enum Role {
    CERTIFICATES,
    PRIVATE_KEY,
    CLIENT_AUTHORITIES
  }

  private final Role role;

  UnfitTlsFileException(Role role, String message) {
    super(message);
    this.role = role;
  }

  public Role role() {
    return role;
  }
}
