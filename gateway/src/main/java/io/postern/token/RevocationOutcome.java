package io.postern.token;

import io.postern.jose.AccessToken;
import io.postern.oauth.InactiveReason;
import org.jspecify.annotations.Nullable;

/** What becomes of a request for the revocation of a token. */
public sealed interface RevocationOutcome
    permits RevocationOutcome.ToEnd, RevocationOutcome.Nothing, TokenOutcome.Refused {

  /** A live token of the caller, which a line is to end. */
  record ToEnd(AccessToken token) implements RevocationOutcome {}

  /**
   * There is nothing to end, which is what the caller wants (RFC 7009 §2.2).
   *
   * @param token null when it is none of ours
   */
  record Nothing(InactiveReason reason, @Nullable AccessToken token) implements RevocationOutcome {}
}
