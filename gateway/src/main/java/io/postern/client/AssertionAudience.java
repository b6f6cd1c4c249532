package io.postern.client;

/** What a client may name as the audience of its assertions. */
public enum AssertionAudience {
  /** The issuer identifier alone (rfc7523bis §3). */
  ISSUER,
  /**
   * Also the token endpoint's URL, for clients from before (RFC 7523 §3); where tokens are
   * presented, those of these endpoints too.
   */
  ISSUER_OR_TOKEN_ENDPOINT
}
