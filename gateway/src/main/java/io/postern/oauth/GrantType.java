package io.postern.oauth;

import org.jspecify.annotations.Nullable;

/** A grant type that the token endpoint knows (RFC 6749 §1.3). */
public enum GrantType {
  /** RFC 6749 §4.4. */
  CLIENT_CREDENTIALS("client_credentials");

  private final String value;

  GrantType(String value) {
    this.value = value;
  }

  /** The value of the {@code grant_type} parameter. */
  public String value() {
    return value;
  }

  /** The grant type of that name, or null. */
  public static @Nullable GrantType find(String value) {
    for (GrantType type : values()) {
      if (type.value.equals(value)) {
        return type;
      }
    }
    return null;
  }
}
