package io.postern.verifier;

import org.jspecify.annotations.Nullable;

/**
 * Why a request or its token is refused. Its name is for logs and metrics; what goes out is {@link
 * Challenge}.
 */
public enum Reason {
  /** No {@code Authorization} header field with the scheme Bearer. */
  MISSING_TOKEN(401, null, null),
  /** Several {@code Authorization} header fields, or characters that no token has. */
  MALFORMED_REQUEST(400, "invalid_request", "the request does not carry one bearer token"),
  /** Not a compact JWS with a JSON object in it, or without a {@code kid}. */
  MALFORMED(401, "invalid_token", "the token is malformed"),
  /** A JWT of another type than {@code at+jwt}. */
  WRONG_TYPE(401, "invalid_token", "not an access token"),
  /** An algorithm that is not accepted, or not the key's. */
  WRONG_ALGORITHM(401, "invalid_token", "the algorithm is not accepted"),
  /** An extension that must be understood ({@code crit}, {@code b64}), and is not. */
  CRITICAL_EXTENSION(401, "invalid_token", "the token has an unknown extension"),
  /** No such key in the issuer's JWK Set. */
  UNKNOWN_KEY(401, "invalid_token", "the token's key is unknown"),
  /** The signature is not the key's. */
  BAD_SIGNATURE(401, "invalid_token", "the signature is wrong"),
  /** A claim that RFC 9068 §2.2 requires is missing, or one is of the wrong type. */
  BAD_CLAIMS(401, "invalid_token", "a claim is missing or malformed"),
  /** Of another issuer. */
  WRONG_ISSUER(401, "invalid_token", "the token is of another issuer"),
  /** For another audience. */
  WRONG_AUDIENCE(401, "invalid_token", "the token is for another audience"),
  /** Past its {@code exp}. */
  EXPIRED(401, "invalid_token", "the token has expired"),
  /** Before its {@code nbf} or its {@code iat}. */
  NOT_YET_VALID(401, "invalid_token", "the token is not valid yet"),
  /** Bound to a key of its holder ({@code cnf}), but sent as a bearer token. */
  SENDER_CONSTRAINED(401, "invalid_token", "the token is bound to a key"),
  /** Ended before its time by a not-before line. */
  ENDED(401, "invalid_token", "the token was ended"),
  /** The token is good, but lacks a scope. */
  INSUFFICIENT_SCOPE(403, "insufficient_scope", "the token lacks a scope"),
  /** The issuer's keys could not be had, or not for too long; or the verifier is closed. */
  KEYS_UNKNOWN(503, null, null),
  /** The not-before lines could not be followed for longer than is allowed. */
  LINES_UNKNOWN(503, null, null);

  private final int status;
  private final @Nullable String error;
  private final @Nullable String description;

  Reason(int status, @Nullable String error, @Nullable String description) {
    this.status = status;
    this.error = error;
    this.description = description;
  }

  /**
   * The HTTP status: 400, 401, 403, or 503 when it is not the token's fault and a new one would not
   * help.
   */
  public int status() {
    return status;
  }

  /** The error code of RFC 6750 §3.1; null for none. */
  public @Nullable String error() {
    return error;
  }

  /** What may be said to whoever sent the token. */
  @Nullable String description() {
    return description;
  }
}
