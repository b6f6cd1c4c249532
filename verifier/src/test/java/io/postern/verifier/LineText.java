package io.postern.verifier;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/** Lines as an issuer writes them, by the description alone. */
record LineText(String saltText) {
  private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();

  String salt() {
    return BASE64URL.encodeToString(saltText.getBytes(StandardCharsets.UTF_8));
  }

  String hash(String id) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(saltText.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      byte[] hash = mac.doFinal(id.getBytes(StandardCharsets.UTF_8));
      return BASE64URL.encodeToString(Arrays.copyOf(hash, 16));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  Map<String, Object> line(String kind, String id, long notBefore) {
    boolean plain = kind.equals("token") || kind.equals("key");
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("kind", kind);
    line.put("id", plain ? id : hash(id));
    line.put("not_before", notBefore);
    return line;
  }

  Map<String, Object> line(String kind, String id, String resource, long notBefore) {
    Map<String, Object> line = line(kind, id, notBefore);
    line.put("resource", hash(resource));
    return line;
  }
}
