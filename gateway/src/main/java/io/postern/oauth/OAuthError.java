package io.postern.oauth;

/**
 * An error code of the endpoints that clients authenticate at, with the HTTP status that mostly
 * goes with it.
 */
public enum OAuthError {
  // RFC 6749 §5.2
  INVALID_REQUEST("invalid_request", 400),
  INVALID_CLIENT("invalid_client", 401),
  UNAUTHORIZED_CLIENT("unauthorized_client", 400),
  UNSUPPORTED_GRANT_TYPE("unsupported_grant_type", 400),
  INVALID_SCOPE("invalid_scope", 400),
  // RFC 7009 §2.2.1
  UNSUPPORTED_TOKEN_TYPE("unsupported_token_type", 400),
  // RFC 8707 §2
  INVALID_TARGET("invalid_target", 400),
  // RFC 6749 §4.1.2.1 has this name; the token endpoint uses it for what only time can mend
  TEMPORARILY_UNAVAILABLE("temporarily_unavailable", 503),
  // The same, where the client itself has to slow down (RFC 6585 §4)
  TOO_MANY_REQUESTS("temporarily_unavailable", 429),
  // RFC 6749 §4.1.2.1 has this name too, for what 500 says elsewhere
  SERVER_ERROR("server_error", 500);

  private final String code;
  private final int status;

  OAuthError(String code, int status) {
    this.code = code;
    this.status = status;
  }

  /** The value of the {@code error} member. */
  public String code() {
    return code;
  }

  /** The HTTP status, unless a refusal has its own. */
  public int status() {
    return status;
  }
}
