package io.postern.verifier;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The last {@value #REMEMBERED} tokens whose signature was good, by their SHA-256: an agent sends
 * the same token again and again, and a signature takes a hundred times as long to verify as this
 * takes to look up. Whether the token still counts is decided each time. Thread-safe.
 */
final class KnownSignatures {
  private static final int REMEMBERED = 4_096;

  /** A token, and the key that signed it. */
  record Known(TokenClaims claims, PublishedKey key) {}

  private final Map<String, Known> known =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Known> eldest) {
          return size() > REMEMBERED;
        }
      };

  /** The name of a token here. */
  static String digest(String compact) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(compact.getBytes(StandardCharsets.UTF_8));
      return new String(digest, StandardCharsets.ISO_8859_1);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }

  /** The token of that digest if its key is still among these. */
  synchronized @Nullable Known find(String digest, KeySet keys) {
    Known found = known.get(digest);
    return found != null && found.key.equals(keys.find(found.key.kid())) ? found : null;
  }

  synchronized void add(String digest, Known token) {
    known.put(digest, token);
  }
}
