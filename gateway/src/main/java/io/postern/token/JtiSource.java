package io.postern.token;

import java.security.SecureRandom;
import java.util.Base64;

/**
 * Makes token identifiers: 144 random bits each, unique and not to be guessed (RFC 9068 §2.2, RFC
 * 7519 §4.1.7). Confined to one thread.
 */
final class JtiSource {
  // a multiple of three, so that each has whole characters of its own
  private static final int JTI_BYTES = 18;
  private static final int JTI_CHARS = JTI_BYTES / 3 * 4;
  private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder();

  private final SecureRandom random;
  // many at once: a call of the generator costs nearly the same for one
  private final byte[] drawn = new byte[32 * JTI_BYTES];
  private String jtis = "";
  private int used;

  JtiSource(SecureRandom random) {
    this.random = random;
  }

  /** A new identifier, in base64url. */
  String next() {
    if (used == jtis.length()) {
      random.nextBytes(drawn);
      jtis = BASE64URL.encodeToString(drawn);
      used = 0;
    }
    used += JTI_CHARS;
    return jtis.substring(used - JTI_CHARS, used);
  }
}
