package io.postern.verifier;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Whether a token with a good signature is for us and for now (RFC 9068 §4). Pure.
 *
 * @param issuer compared as it is
 * @param audience compared as it is
 * @param clockSkew how far the issuer's clock may be from ours
 */
record TokenRules(String issuer, String audience, Duration clockSkew) {
  /** Why it is refused; null when it is not. */
  @Nullable Reason refusal(TokenClaims claims, Instant now) {
    long seconds = now.getEpochSecond();
    long skew = clockSkew.toSeconds();
    if (!claims.issuer().equals(issuer)) {
      return Reason.WRONG_ISSUER;
    }
    if (!claims.token().audiences().contains(audience)) {
      return Reason.WRONG_AUDIENCE;
    }
    // RFC 7519 §4.1.4: before exp, not at it
    if (seconds - skew >= claims.token().expiresAt().getEpochSecond()) {
      return Reason.EXPIRED;
    }
    return Math.max(claims.notBefore(), claims.ids().issuedAt()) > seconds + skew
        ? Reason.NOT_YET_VALID
        : null;
  }
}
