package io.postern.verifier;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import java.text.ParseException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The keys of a JWK Set (RFC 7517 §5) that can verify, by {@code kid}. Immutable. */
record KeySet(Map<String, PublishedKey> byKid) {
  static final KeySet NONE = new KeySet(Map.of());

  KeySet {
    byKid = Map.copyOf(byKid);
  }

  /**
   * Reads a JWK Set. What cannot verify is left out; of two keys with the same {@code kid} the
   * first counts.
   *
   * @param former whose keys are kept as they are where they have not changed, so that what they
   *     have verified stays known
   * @throws ParseException when it is no JWK Set
   */
  static KeySet parse(String json, KeySet former) throws ParseException {
    Map<String, PublishedKey> keys = new LinkedHashMap<>();
    for (JWK jwk : JWKSet.parse(json).getKeys()) {
      PublishedKey known = jwk.getKeyID() == null ? null : former.find(jwk.getKeyID());
      PublishedKey key = known != null && known.jwk().equals(jwk) ? known : PublishedKey.find(jwk);
      if (key != null) {
        keys.putIfAbsent(key.kid(), key);
      }
    }
    return new KeySet(keys);
  }

  @Nullable PublishedKey find(String kid) {
    return byKid.get(kid);
  }

  int size() {
    return byKid.size();
  }
}
