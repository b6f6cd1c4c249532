package io.postern.verifier;

/** What happens to tokens while the not-before lines cannot be followed for too long. */
public enum WhenSilent {
  /** All are refused: {@link Reason#LINES_UNKNOWN}. */
  FAIL_CLOSED,
  /**
   * They count by signature and claims, and by the lines that are known; {@link VerifierListener}
   * and {@link VerifierState} say so. A token that was ended meanwhile counts until it expires.
   */
  FAIL_OPEN
}
