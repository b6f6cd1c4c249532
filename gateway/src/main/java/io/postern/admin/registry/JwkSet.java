package io.postern.admin.registry;

import com.fasterxml.jackson.databind.JsonNode;
import io.postern.admin.protocol.JsonFields;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A JWK Set (RFC 7517 §5) that is sent for the key that it holds. */
final class JwkSet {
  private static final String KEYS = "keys";

  private JwkSet() {}

  static boolean is(JsonFields jwk) {
    return jwk.find(KEYS) != null && jwk.find("kty") == null;
  }

  /** Its only key for signatures; null when there is another number of them, which is noted. */
  static @Nullable JsonFields findOnly(JsonFields set) {
    List<JsonFields> keys = set.objects(KEYS);
    List<JsonFields> signing = keys.stream().filter(JwkSet::isForSignatures).toList();
    JsonFields only = signing.size() == 1 ? signing.getFirst() : null;
    // whoever reads the one refuses what is private in it
    keys.stream().filter(key -> key != only).forEach(JwkReader::refusePrivate);
    if (only == null) {
      set.fault(KEYS, "has %d keys for signatures: send one of them".formatted(signing.size()));
    }
    return only;
  }

  // RFC 7517 §4.2
  private static boolean isForSignatures(JsonFields jwk) {
    JsonNode use = jwk.find("use");
    return use == null || "sig".equals(use.textValue());
  }
}
