package io.postern.faults;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** The key that signs ES256, as an administrator changes it and a token shows it. */
final class SigningKeyWatch {
  private final Stage stage;

  SigningKeyWatch(Stage stage) {
    this.stage = stage;
  }

  /** Starts a rotation; the new key's {@code kid}. */
  String rotate() throws IOException {
    JsonObject answer =
        new AdminClient()
            .require(
                stage.fleet().replica(0),
                "POST",
                "/signing-keys/rotate",
                new JsonObject().put("alg", "ES256"));
    return answer.getJsonArray("items").getJsonObject(0).getString("kid");
  }

  /** What the header of a token names. */
  static String kidOf(String token) {
    String header = token.substring(0, token.indexOf('.'));
    return new JsonObject(new String(Base64.getUrlDecoder().decode(header), StandardCharsets.UTF_8))
        .getString("kid");
  }
}
