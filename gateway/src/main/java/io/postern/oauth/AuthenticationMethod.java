package io.postern.oauth;

/** A registered token endpoint authentication method (RFC 7591 §2, OIDC Core §9). */
public enum AuthenticationMethod {
  CLIENT_SECRET_BASIC("client_secret_basic"),
  CLIENT_SECRET_POST("client_secret_post"),
  PRIVATE_KEY_JWT("private_key_jwt");

  private final String value;

  AuthenticationMethod(String value) {
    this.value = value;
  }

  /** The registered name. */
  public String value() {
    return value;
  }
}
