package io.postern.faults;

import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;

/** A token request for all that an agent is granted on a service. */
record TokenRequest(Model.Agent agent, Model.Secret secret, Model.Service service) {
  static final String PATH = "/oauth2/token";

  private static final Duration PATIENCE = Duration.ofSeconds(25);

  /** Sends it. */
  HttpLine.Answer send(HttpLine line) throws IOException {
    return line.exchange(
        "POST", PATH, headers(agent.clientId(), secret.value()), form(service.audience()));
  }

  /** The same by anybody for an audience, on a connection of its own. */
  static HttpLine.Answer once(
      Replica replica, Duration patience, String clientId, String secret, String audience)
      throws IOException {
    return HttpLine.once(
        replica.httpPort(), patience, "POST", PATH, headers(clientId, secret), form(audience));
  }

  /** A token for an audience, by the agent's first secret. */
  static String token(Replica replica, Model.Agent agent, String audience) throws IOException {
    HttpLine.Answer answer =
        once(replica, PATIENCE, agent.clientId(), agent.secrets().getFirst().value(), audience);
    if (answer.status() != 200) {
      throw new IOException("no token for " + audience + ": " + answer);
    }
    return new JsonObject(answer.body()).getString("access_token");
  }

  /** The header lines of a request by a client with that secret. */
  static String headers(String clientId, String secret) {
    String pair = clientId + ":" + secret;
    return "Authorization: Basic "
        + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.US_ASCII))
        + "\r\nContent-Type: application/x-www-form-urlencoded\r\n";
  }

  /** The body of a request for an audience. */
  static String form(String audience) {
    return "grant_type=client_credentials&audience="
        + URLEncoder.encode(audience, StandardCharsets.US_ASCII);
  }
}
