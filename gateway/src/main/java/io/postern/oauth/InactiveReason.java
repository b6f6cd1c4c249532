package io.postern.oauth;

import java.util.Locale;

/**
 * Why a token that was presented is not active, or not for whoever presents it to know (RFC 7662
 * §2.2). It never leaves the house: the wire says that the token is not active, and nothing more.
 */
public enum InactiveReason {
  /** Malformed, forged, another's, or signed with a key that is gone. */
  UNVERIFIED,
  /** Neither issued to the caller nor for its audience. */
  OF_OTHERS,
  /** Expired, or of a time that is yet to come. */
  OUT_OF_TIME,
  /** A not-before line has ended it. */
  ENDED,
  /** Its client is gone or disabled. */
  CLIENT_GONE,
  /** What it is for is gone or disabled. */
  TARGET_GONE;

  private final String label = name().toLowerCase(Locale.ROOT);

  /** The name in metrics and in the decision log. */
  public String label() {
    return label;
  }
}
