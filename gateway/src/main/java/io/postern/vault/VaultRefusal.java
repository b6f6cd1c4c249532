package io.postern.vault;

import io.postern.oauth.RefusalReason;
import java.util.Locale;

/**
 * Why a hosted credential was not handed over, or a call not relayed.
 *
 * <p>The wire shows status, {@link #errorCode}, title and description; the name is for metrics and
 * decisions. What would tell an agent of credentials that are not its own is one on the wire.
 */
public enum VaultRefusal implements RefusalReason {
  // The request
  METHOD_NOT_ALLOWED(
      405, "method-not-allowed", "Method not allowed", "A credential is read by GET."),
  NO_TOKEN(401, "unauthenticated", "Unauthenticated", "An access token is required."),
  SEVERAL_TOKENS(400, "invalid-request", "Bad request", "The request carries several tokens."),
  INVALID_TOKEN(
      401,
      "invalid-token",
      "Unauthenticated",
      "The access token is malformed, forged, expired or for another audience."),
  REVOKED_TOKEN(
      401, "invalid-token", "Unauthenticated", "The access token was ended before its time."),
  DISABLED_AGENT(
      401,
      "invalid-token",
      "Unauthenticated",
      "The access token is malformed, forged, expired or for another audience."),
  INSUFFICIENT_SCOPE(
      403, "insufficient-scope", "Forbidden", "The token lacks the scope that this needs."),

  // Credential and link
  UNKNOWN_CREDENTIAL(
      404,
      "not-found",
      "Not found",
      "There is no such credential, or the agent is not linked to it."),
  NOT_LINKED(
      404,
      "not-found",
      "Not found",
      "There is no such credential, or the agent is not linked to it."),
  LINK_EXPIRED(
      404,
      "not-found",
      "Not found",
      "There is no such credential, or the agent is not linked to it."),
  ACCESS_NOT_LINKED(
      403,
      "access-not-linked",
      "Forbidden",
      "The agent's link does not allow this kind of access."),
  CREDENTIAL_EXPIRED(403, "credential-expired", "Forbidden", "The credential has expired."),

  // Relay
  NO_TARGET(403, "no-target", "Forbidden", "The credential has no target that could be called."),
  UNCLEAR_PATH(
      400,
      "unclear-path",
      "Bad request",
      "The path has empty or dot segments, encoded slashes or the like."),
  UNCLEAR_QUERY(
      400,
      "unclear-query",
      "Bad request",
      "The query is malformed, or names the parameter that the key is put into."),
  NOT_ALLOWED_AT_TARGET(
      403, "not-allowed", "Forbidden", "The credential is not for this method and path."),
  UPGRADE_NOT_RELAYED(501, "upgrade-not-relayed", "Not implemented", "WebSockets are not relayed."),
  HTTP_FORBIDDEN(
      502, "target-forbidden", "Bad gateway", "This gateway may not call the target's address."),
  ADDRESS_FORBIDDEN(
      502, "target-forbidden", "Bad gateway", "This gateway may not call the target's address."),
  TARGET_UNRESOLVED(
      502, "target-unreachable", "Bad gateway", "The target's name could not be resolved."),
  TARGET_UNREACHABLE(
      502, "target-unreachable", "Bad gateway", "The target could not be connected to."),
  TARGET_UNTRUSTED(
      502, "target-untrusted", "Bad gateway", "The target's certificate is not trusted."),
  TARGET_FAILED(502, "target-failed", "Bad gateway", "The target ended before it had answered."),
  TARGET_TIMEOUT(504, "target-timeout", "Gateway timeout", "The target did not answer in time."),
  CALLER_TIMEOUT(
      408,
      "caller-timeout",
      "Request timeout",
      "The caller neither sent nor read anything for too long."),
  CALLER_LEFT(499, "caller-left", "Caller left", "The caller left before the answer was complete."),

  // OAuth clients at their provider
  PROVIDER_REFUSED(
      502, "provider-refused", "Bad gateway", "The provider gave no token: it refuses the client."),
  PROVIDER_UNREACHABLE(
      502,
      "provider-unreachable",
      "Bad gateway",
      "The provider's token endpoint cannot be reached."),
  PROVIDER_FAILED(
      502, "provider-failed", "Bad gateway", "The provider's answer could not be understood."),
  PROVIDER_TIMEOUT(
      503, "provider-timeout", "Unavailable", "The provider did not give a token in time."),
  TOKEN_NOT_KEPT(
      503,
      "token-not-kept",
      "Unavailable",
      "A new token is needed, and the database that would keep it cannot be reached."),

  // What only time mends
  TOO_MANY_OF_LINK(
      429, "too-many-requests", "Too many requests", "The link's limit a minute is reached."),
  TOO_MANY_OF_CREDENTIAL(
      429, "too-many-requests", "Too many requests", "The credential's limit a minute is reached."),
  TOO_MANY_AT_ONCE(
      429, "too-many-requests", "Too many requests", "This gateway relays as much as it may."),
  INDEX_STALE(
      503, "temporarily-unavailable", "Unavailable", "This gateway has been without its database."),

  // What should not happen
  VALUE_UNREADABLE(500, "internal-error", "Internal error", "The value could not be opened."),
  INTERNAL_ERROR(
      500, "internal-error", "Internal error", "The request failed here; the log says why.");

  private final int status;
  private final String type;
  private final String title;
  private final String description;
  private final String label = name().toLowerCase(Locale.ROOT);

  VaultRefusal(int status, String type, String title, String description) {
    this.status = status;
    this.type = type;
    this.title = title;
    this.description = description;
  }

  /** The HTTP status. */
  public int status() {
    return status;
  }

  /** The problem's type is {@code urn:postern:problem:} and this. */
  @Override
  public String errorCode() {
    return type;
  }

  /** The problem's title. */
  public String title() {
    return title;
  }

  /** The problem's detail. */
  @Override
  public String description() {
    return description;
  }

  @Override
  public String label() {
    return label;
  }
}
