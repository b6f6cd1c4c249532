package io.postern.admin.registry;

import java.security.SecureRandom;
import java.util.Base64;

/**
 * Random identifiers and secrets of unreserved characters (RFC 3986 §2.3), which need no encoding
 * anywhere. The prefix says what a string is when it turns up in a log or a repository.
 */
public final class Identifiers {
  private final SecureRandom random;

  /**
   * @param random thread-safe
   */
  public Identifiers(SecureRandom random) {
    this.random = random;
  }

  public String newClientId() {
    return "agt_" + base64url(16);
  }

  public String newServiceId() {
    return "svc_" + base64url(16);
  }

  public String newSecretId() {
    return "sec_" + base64url(16);
  }

  public String newCredentialId() {
    return "crd_" + base64url(16);
  }

  public String newValueId() {
    return "val_" + base64url(16);
  }

  /** 256 random bits. */
  public String newClientSecret() {
    return "pcs_" + base64url(32);
  }

  private String base64url(int bytes) {
    byte[] value = new byte[bytes];
    random.nextBytes(value);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(value);
  }
}
