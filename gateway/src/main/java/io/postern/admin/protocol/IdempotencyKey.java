package io.postern.admin.protocol;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a client calls a request, so that it may send it again when it does not know what became of
 * it (draft-ietf-httpapi-idempotency-key-header).
 *
 * @param requestHash SHA-256 of what must be the same in a repeat, in hexadecimal digits
 */
record IdempotencyKey(String value, String requestHash) {
  static final String HEADER = "Idempotency-Key";

  private static final int MAX_LENGTH = 255;

  /**
   * The key of a request.
   *
   * @param lines of the header
   * @return null when there is none
   * @throws ProblemException when it is malformed
   */
  static @Nullable IdempotencyKey find(
      List<String> lines, String method, String path, byte[] body) {
    if (lines.isEmpty()) {
      return null;
    }
    String value = lines.getFirst();
    if (lines.size() > 1
        || value.isEmpty()
        || value.length() > MAX_LENGTH
        || !value.chars().allMatch(c -> c >= 0x20 && c < 0x7F)) {
      throw Problem.badRequest(
              HEADER + " must be one string of 1 to 255 printable ASCII characters.")
          .exception();
    }
    return new IdempotencyKey(value, hash(method + " " + path + "\n", body));
  }

  private static String hash(String start, byte[] body) {
    try {
      MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
      sha256.update(start.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(sha256.digest(body));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
  }
}
