package io.postern.oauth;

import static io.postern.oauth.OAuthError.INVALID_CLIENT;
import static io.postern.oauth.OAuthError.INVALID_REQUEST;
import static io.postern.oauth.OAuthError.INVALID_SCOPE;
import static io.postern.oauth.OAuthError.INVALID_TARGET;
import static io.postern.oauth.OAuthError.SERVER_ERROR;
import static io.postern.oauth.OAuthError.TEMPORARILY_UNAVAILABLE;
import static io.postern.oauth.OAuthError.TOO_MANY_REQUESTS;
import static io.postern.oauth.OAuthError.UNAUTHORIZED_CLIENT;
import static io.postern.oauth.OAuthError.UNSUPPORTED_GRANT_TYPE;
import static io.postern.oauth.OAuthError.UNSUPPORTED_TOKEN_TYPE;

import java.util.Locale;

/**
 * Why a token was not issued, or was neither introspected nor revoked.
 *
 * <p>The wire shows {@link #error} and {@link #description}; the name is for metrics and audit and
 * never leaves the house. All refusals that would tell a stranger whether a client exists share one
 * description.
 */
public enum Refusal implements RefusalReason, ParsedCredentials {
  // The request's form
  NOT_POST(INVALID_REQUEST, 405, "the endpoint takes POST"),
  NOT_A_FORM(INVALID_REQUEST, "the content type must be application/x-www-form-urlencoded"),
  ENCODED_BODY(
      INVALID_REQUEST, 415, "the body is encoded, as Content-Encoding says; send it as it is"),
  BODY_TOO_LARGE(INVALID_REQUEST, 413, "the body is too large"),
  BODY_TOO_SLOW(INVALID_REQUEST, 408, "the body took too long"),
  MALFORMED_BODY(INVALID_REQUEST, "the body is not a well-formed UTF-8 form"),
  TOO_MANY_PARAMETERS(INVALID_REQUEST, "too many parameters"),
  REPEATED_PARAMETER(INVALID_REQUEST, "a parameter is repeated"),
  MISSPELT_PARAMETER(
      INVALID_REQUEST,
      "an unknown parameter begins with scope, audience or resource; check its spelling"),
  PARAMETERS_IN_QUERY(INVALID_REQUEST, "parameters are not accepted in the request URI"),
  MISSING_GRANT_TYPE(INVALID_REQUEST, "grant_type is required"),
  UNKNOWN_GRANT_TYPE(UNSUPPORTED_GRANT_TYPE, "grant_type is not supported"),
  MISSING_TOKEN(INVALID_REQUEST, "token is required"),
  UNREVOCABLE_TOKEN(UNSUPPORTED_TOKEN_TYPE, "tokens of this type are not revoked"),
  SEVERAL_AUTHENTICATION_METHODS(
      INVALID_REQUEST, "more than one client authentication method was used"),
  CLIENT_ID_MISMATCH(INVALID_REQUEST, "client_id does not match the Authorization header"),

  // Client authentication
  NO_CREDENTIALS(INVALID_CLIENT, "client authentication is required"),
  MALFORMED_CREDENTIALS(INVALID_CLIENT),
  UNKNOWN_CLIENT(INVALID_CLIENT),
  DISABLED_CLIENT(INVALID_CLIENT),
  /** Whatever the client presents is wrong. Explained only: a request gets one of the others. */
  NO_LIVE_CREDENTIAL(INVALID_CLIENT),
  WRONG_SECRET(INVALID_CLIENT),
  ASSERTION_TYPE(INVALID_CLIENT),
  ASSERTION_MALFORMED(INVALID_CLIENT),
  ASSERTION_HEADER(INVALID_CLIENT),
  ASSERTION_ALGORITHM(INVALID_CLIENT),
  ASSERTION_KEY(INVALID_CLIENT),
  ASSERTION_SIGNATURE(INVALID_CLIENT),
  ASSERTION_SUBJECT(INVALID_CLIENT),
  ASSERTION_AUDIENCE(INVALID_CLIENT),
  ASSERTION_TIME(INVALID_CLIENT),
  ASSERTION_JTI(INVALID_CLIENT),
  ASSERTION_REPLAYED(INVALID_CLIENT),
  GRANT_TYPE_NOT_ALLOWED(UNAUTHORIZED_CLIENT, "the client may not use this grant type"),
  TOKEN_OF_ANOTHER(UNAUTHORIZED_CLIENT, "the token was not issued to this client"),

  // Scope and target
  MALFORMED_SCOPE(INVALID_SCOPE, "scope is not a list of scope values separated by single spaces"),
  TOO_MANY_SCOPES(INVALID_SCOPE, "too many scope values"),
  SCOPE_TOO_LONG(INVALID_SCOPE, "a scope value is too long"),
  NOTHING_GRANTED(INVALID_SCOPE, "none of the requested scope values is granted"),
  MALFORMED_TARGET(INVALID_TARGET, "resource is not an absolute URI without a fragment"),
  SEVERAL_TARGETS(INVALID_TARGET, "a token is for one audience; the request names several"),
  NO_TARGET(INVALID_TARGET, "an audience is needed: name it with audience or resource"),
  NO_GRANT(INVALID_TARGET, "an audience is needed: name it with audience or resource"),
  UNKNOWN_TARGET(INVALID_TARGET, "the audience is unknown or not granted"),
  UNGRANTED_TARGET(INVALID_TARGET, "the audience is unknown or not granted"),
  GRANT_EXPIRED(INVALID_TARGET, "the audience is unknown or not granted"),
  DISABLED_TARGET(INVALID_TARGET, "the audience is unknown or not granted"),

  // What only time mends
  TOO_MANY_FAILURES(TOO_MANY_REQUESTS, "too many failed attempts; retry later"),
  TOO_MANY_TOKENS(TOO_MANY_REQUESTS, "the rate limit of this client is reached; retry later"),
  TOO_MANY_INTROSPECTIONS(
      TOO_MANY_REQUESTS, "the rate limit of this client is reached; retry later"),
  TOO_MANY_REVOCATIONS(TOO_MANY_REQUESTS, "too many revocations by this client; retry later"),
  OVERLOADED(TEMPORARILY_UNAVAILABLE, "retry later"),
  REPLAY_GUARD_UNAVAILABLE(TEMPORARILY_UNAVAILABLE, "retry later"),
  INDEX_STALE(TEMPORARILY_UNAVAILABLE, "retry later"),
  REVOCATION_UNAVAILABLE(TEMPORARILY_UNAVAILABLE, "retry later"),
  NO_SIGNING_KEY(TEMPORARILY_UNAVAILABLE, "retry later"),
  /** So often within seconds that a token which counts would be of a time to come. */
  REVOKED_TOO_OFTEN(TEMPORARILY_UNAVAILABLE, "retry later"),

  // What should not happen
  INTERNAL_ERROR(SERVER_ERROR, "the request failed here; the log of the server says why");

  private final OAuthError error;
  private final int status;
  private final String description;
  private final String label = name().toLowerCase(Locale.ROOT);

  Refusal(OAuthError error) {
    this(error, "client authentication failed");
  }

  Refusal(OAuthError error, String description) {
    this(error, error.status(), description);
  }

  Refusal(OAuthError error, int status, String description) {
    this.error = error;
    this.status = status;
    this.description = description;
  }

  @Override
  public String label() {
    return label;
  }

  @Override
  public String errorCode() {
    return error.code();
  }

  /** The wire's error code. */
  public OAuthError error() {
    return error;
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }

  /**
   * The wire's {@code error_description}: fixed text of {@code %x20-21 / %x23-5B / %x5D-7E} (RFC
   * 6749 §5.2), never anything of the request.
   */
  @Override
  public String description() {
    return description;
  }
}
