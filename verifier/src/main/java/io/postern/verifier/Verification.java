package io.postern.verifier;

import java.util.Collection;

/** What came of a token: it counts, or it is refused. */
public sealed interface Verification {
  /** It counts. */
  record Valid(VerifiedToken token) implements Verification {}

  /** It does not, and why. */
  record Refused(Reason reason) implements Verification {}

  /** The same, but refused unless the token has all these scopes. */
  default Verification require(Collection<String> scopes) {
    return this instanceof Valid valid && !valid.token().scopes().containsAll(scopes)
        ? new Refused(Reason.INSUFFICIENT_SCOPE)
        : this;
  }
}
