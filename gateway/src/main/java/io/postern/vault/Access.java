package io.postern.vault;

/** A way to a hosted credential, and the scope value that a token needs for it. */
public enum Access {
  /** The agent is handed the value. */
  OBTAIN("obtain", "credential:obtain"),
  /** The agent calls through the relay and never sees the value. */
  RELAY("relay", "credential:relay");

  private final String value;
  private final String scope;

  Access(String value, String scope) {
    this.value = value;
    this.scope = scope;
  }

  /** The name in JSON and in the database. */
  public String value() {
    return value;
  }

  /** The scope value on the vault's audience. */
  public String scope() {
    return scope;
  }
}
