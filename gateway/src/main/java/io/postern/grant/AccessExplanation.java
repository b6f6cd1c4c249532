package io.postern.grant;

import io.postern.jose.SignatureAlgorithm;
import io.postern.oauth.Refusal;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a token request would be answered now, and why; for administrators, never for the client.
 *
 * @param revision what it was decided by
 * @param audience the target: the named one, or the only one that the client may have; null when
 *     there is none
 * @param resource whose audience that is; null when it is nobody's
 * @param token what the token would be; null when none would be issued
 * @param refusal why none would be issued; null when one would
 * @param retryAfterSeconds when to come again, 1 or more; 0 where time does not help
 * @param scopes what becomes of each scope value that is asked for, in the request's order; of each
 *     that is granted when all are asked for
 * @param notBefore the end of the last second of which no token of the client for the audience
 *     counts; null when all do
 * @param didYouMean audiences that the client may have and that look like the one that is asked for
 *     and that it may not have
 */
public record AccessExplanation(
    long revision,
    @Nullable String audience,
    @Nullable ProtectedResource resource,
    @Nullable Token token,
    @Nullable Refusal refusal,
    int retryAfterSeconds,
    List<ScopeReason> scopes,
    @Nullable Instant notBefore,
    List<String> didYouMean) {

  public AccessExplanation {
    scopes = List.copyOf(scopes);
    didYouMean = List.copyOf(didYouMean);
  }

  /** A token that would be issued. */
  public record Token(String scope, int ttlSeconds, SignatureAlgorithm algorithm) {}

  /**
   * What becomes of one scope value.
   *
   * @param grantedOn other audiences on which the client may have the value, some of them
   */
  public record ScopeReason(String value, Reason reason, List<String> grantedOn) {
    public ScopeReason {
      grantedOn = List.copyOf(grantedOn);
    }
  }

  /** Why a scope value is in the token, or is not. The first that holds. */
  public enum Reason {
    /** It is granted on the target: a token carries it. */
    GRANTED,
    /** It is granted, but the client is disabled. */
    DISABLED_CLIENT,
    /** It is granted, but the target is disabled. */
    DISABLED_TARGET,
    /** It was granted until the grant expired. */
    GRANT_EXPIRED,
    /** It is granted on another audience only. */
    GRANTED_ELSEWHERE,
    /** The target has no such scope. */
    UNKNOWN_SCOPE,
    /** It is not granted. */
    NOT_GRANTED
  }
}
