package io.postern.oauth;

/** Why something was refused, as decisions and metrics tell it. */
public interface RefusalReason {
  /** The reason's own name, which never leaves the house: small letters and underscores. */
  String label();

  /** What the answer calls it, where several reasons may be one. */
  String errorCode();

  /** What the answer says of it: fixed text, never anything of the request. */
  String description();
}
