package io.postern.verifier;

import com.nimbusds.jose.util.Base64URL;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * The names under which ids are published: the first 16 bytes of their HMAC-SHA-256, base64url. The
 * key is published too; it keeps nobody from looking for an id, but from reading one. The last
 * names are remembered. Thread-safe.
 */
final class IdHashes {
  private static final String HMAC = "HmacSHA256";
  private static final int HASH_BYTES = 16;
  private static final int REMEMBERED = 10_000;
  private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();

  private final Base64URL salt;
  private final byte[] key;
  private final Map<String, String> known = new ConcurrentHashMap<>();

  IdHashes(Base64URL salt) {
    this.salt = salt;
    this.key = salt.decode();
  }

  boolean isSaltedWith(Base64URL other) {
    return salt.equals(other);
  }

  String of(String id) {
    String hash = known.get(id);
    if (hash == null) {
      hash = compute(id);
      // Starting over is cheaper than to keep in mind which was used last.
      if (known.size() >= REMEMBERED) {
        known.clear();
      }
      known.put(id, hash);
    }
    return hash;
  }

  private String compute(String id) {
    try {
      Mac mac = Mac.getInstance(HMAC);
      mac.init(new SecretKeySpec(key, HMAC));
      byte[] hash = mac.doFinal(id.getBytes(StandardCharsets.UTF_8));
      return BASE64URL.encodeToString(Arrays.copyOf(hash, HASH_BYTES));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every JDK has " + HMAC, e);
    }
  }
}
