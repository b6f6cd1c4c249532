package io.postern.token;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;

/**
 * Makes token identifiers: 128 random bits each, unique and not to be guessed (RFC 9068 §2.2, RFC
 * 7519 §4.1.7). Confined to one thread.
 */
final class JtiSource {
  private static final int JTI_BYTES = 16;
  // a call of the generator costs the same for one and for many
  private static final int DRAWN_BYTES = 32 * JTI_BYTES;
  private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();

  private final SecureRandom random;
  private final byte[] drawn = new byte[DRAWN_BYTES];
  private int used = DRAWN_BYTES;

  JtiSource(SecureRandom random) {
    this.random = random;
  }

  /** A new identifier, in base64url. */
  String next() {
    if (used == DRAWN_BYTES) {
      random.nextBytes(drawn);
      used = 0;
    }
    byte[] jti = Arrays.copyOfRange(drawn, used, used + JTI_BYTES);
    used += JTI_BYTES;
    return BASE64URL.encodeToString(jti);
  }
}
