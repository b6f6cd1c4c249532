package io.postern.verifier;

/** How the issuer's not-before lines are followed. */
public enum Following {
  /** By server-sent events, and by long polls where a stream does not come through. */
  STREAM,
  /** By long polls. */
  POLL,
  /** Not at all: a token counts until it expires. For issuers that publish none. */
  NONE
}
