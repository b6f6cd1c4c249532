package io.postern.faults;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.time.Duration;

/** An administrator, who sends each request to a replica of choice. Confined to one thread. */
final class AdminClient {
  static final String SECRET = "bootstrap-secret-of-the-faults-0123456789";

  private static final String AUDIENCE = "urn:postern:admin";
  private static final Duration PATIENCE = Duration.ofSeconds(15);
  private static final Duration TOKEN_LIFE = Duration.ofMinutes(2);

  private String token;
  private long renewAt;

  /** Gets a token, if the last one has grown old. */
  void authenticate(Replica replica) throws IOException {
    if (token != null && System.nanoTime() < renewAt) {
      return;
    }
    HttpLine.Answer answer =
        TokenRequest.once(replica, PATIENCE, "postern-admin", SECRET, AUDIENCE);
    if (answer.status() != 200) {
      throw new IOException("no token for the administrator: " + answer);
    }
    token = new JsonObject(answer.body()).getString("access_token");
    renewAt = System.nanoTime() + TOKEN_LIFE.toNanos();
  }

  /**
   * Sends a request.
   *
   * @param path below {@code /admin/v1}
   * @param body empty for none
   */
  HttpLine.Answer send(Replica replica, String method, String path, String body)
      throws IOException {
    return HttpLine.once(
        replica.managementPort(),
        PATIENCE,
        method,
        "/admin/v1" + path,
        "Authorization: Bearer "
            + token
            + "\r\n"
            + (body.isEmpty() ? "" : "Content-Type: application/json\r\n"),
        body);
  }

  /** The same, and its answer's JSON; anything but a 2xx is an error. */
  JsonObject require(Replica replica, String method, String path, JsonObject body)
      throws IOException {
    authenticate(replica);
    HttpLine.Answer answer = send(replica, method, path, body.encode());
    if (answer.status() / 100 != 2) {
      throw new IllegalStateException(method + " " + path + ": " + answer);
    }
    return new JsonObject(answer.body());
  }
}
