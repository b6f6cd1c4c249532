package io.postern.crypto;

import java.security.SecureRandom;
import java.util.Base64;

/**
 * Makes identifiers of 143 random bits each: unique, not to be guessed, and telling nothing. They
 * begin with a letter, since a command would take one that begins with a hyphen for an option.
 * Confined to one thread.
 */
public final class RandomIds {
  // a multiple of three, so that each has whole characters of its own
  private static final int ID_BYTES = 18;
  private static final int ID_CHARS = ID_BYTES / 3 * 4;
  private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder();

  private final SecureRandom random;
  // many at once: a call of the generator costs nearly the same for one
  private final byte[] drawn = new byte[32 * ID_BYTES];
  private String ids = "";
  private int used;

  public RandomIds(SecureRandom random) {
    this.random = random;
  }

  /** A new identifier, in base64url. */
  public String next() {
    if (used == ids.length()) {
      random.nextBytes(drawn);
      for (int first = 0; first < drawn.length; first += ID_BYTES) {
        // the first six bits are a character; of 0 to 31 it is a letter, A to f
        drawn[first] &= 0x7F;
      }
      ids = BASE64URL.encodeToString(drawn);
      used = 0;
    }
    used += ID_CHARS;
    return ids.substring(used - ID_CHARS, used);
  }
}
