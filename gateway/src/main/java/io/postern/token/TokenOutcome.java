package io.postern.token;

import io.postern.jose.SigningKey;
import io.postern.oauth.Refusal;

/** How a token request ended. */
public sealed interface TokenOutcome {

  /**
   * A token was issued.
   *
   * @param response good until the callback that is given this returns
   * @param claims what the token says
   * @param key what signed it
   */
  record Issued(AccessTokenResponse response, AccessTokenClaims claims, SigningKey key)
      implements TokenOutcome {}

  /**
   * No token was issued, or what was asked about one was not done.
   *
   * @param retryAfterSeconds when to come again, 1 or more; 0 where time does not help
   */
  record Refused(Refusal reason, int retryAfterSeconds)
      implements TokenOutcome, AccessDecision, IntrospectionOutcome, RevocationOutcome {
    /** A refusal that time does not mend. */
    public Refused(Refusal reason) {
      this(reason, 0);
    }
  }
}
