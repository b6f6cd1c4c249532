package io.postern.admin;

import java.security.SecureRandom;
import java.util.Base64;

/**
 * Random identifiers and secrets of unreserved characters (RFC 3986 §2.3), which need no encoding
 * anywhere. The prefix says what a string is when it turns up in a log or a repository.
 */
final class Identifiers {
  private final SecureRandom random;

  /**
   * @param random thread-safe
   */
  Identifiers(SecureRandom random) {
    this.random = random;
  }

  String newClientId() {
    return "agt_" + base64url(16);
  }

  String newServiceId() {
    return "svc_" + base64url(16);
  }

  String newSecretId() {
    return "sec_" + base64url(16);
  }

  /** 256 random bits. */
  String newClientSecret() {
    return "pcs_" + base64url(32);
  }

  private String base64url(int bytes) {
    byte[] value = new byte[bytes];
    random.nextBytes(value);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(value);
  }
}
