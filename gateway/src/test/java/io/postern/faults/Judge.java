package io.postern.faults;

import io.vertx.core.json.JsonObject;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Set;

/** Holds an answer of the token endpoint against what may be issued. */
final class Judge {
  private final Weather weather;
  private final String issuer;

  Judge(Weather weather, String issuer) {
    this.weather = weather;
    this.issuer = issuer;
  }

  /**
   * What is wrong with an answer.
   *
   * @param from when the request was sent, as {@link System#nanoTime}
   * @param to when it was answered
   * @return null if nothing is
   */
  String fault(TokenRequest request, HttpLine.Answer answer, long from, long to) {
    return switch (answer.status()) {
      case 200 -> issued(request, new JsonObject(answer.body()), from, to);
      case 400, 401 -> refused(request, new JsonObject(answer.body()).getString("error"), from, to);
      case 429, 503 -> answer.headers().containsKey("retry-after") ? null : "no Retry-After";
      default -> "an answer " + answer.status() + " " + answer.body();
    };
  }

  private String issued(TokenRequest request, JsonObject body, long from, long to) {
    JsonObject claims = claims(body.getString("access_token"));
    Model.Agent agent = request.agent();
    if (!claims.getString("iss").equals(issuer)
        || !claims.getString("client_id").equals(agent.clientId())
        || !claims.getString("aud").equals(request.service().audience())
        || !claims.getString("scope").equals(body.getString("scope"))) {
      return "a token for something else: " + claims;
    }
    if (!agent.active().mayBe(true, from, to, weather)) {
      return "a token for a disabled agent";
    }
    if (!request.secret().live().mayBe(true, from, to, weather)) {
      return "a token for a deleted secret";
    }
    Map<String, Switch> granted = agent.grants().get(request.service().id());
    Set<String> scopes = Set.of(claims.getString("scope").split(" "));
    for (String scope : scopes) {
      if (!granted.containsKey(scope) || !granted.get(scope).mayBe(true, from, to, weather)) {
        return "a token with a scope that is not granted: " + scope;
      }
    }
    for (Map.Entry<String, Switch> scope : granted.entrySet()) {
      if (!scopes.contains(scope.getKey()) && !scope.getValue().mayBe(false, from, to, weather)) {
        return "a token without a scope that is granted: " + scope.getKey();
      }
    }
    return null;
  }

  private String refused(TokenRequest request, String error, long from, long to) {
    Model.Agent agent = request.agent();
    boolean right =
        switch (error) {
          case "invalid_client" ->
              agent.active().mayBe(false, from, to, weather)
                  || request.secret().live().mayBe(false, from, to, weather);
          case "invalid_target" ->
              agent.grants().get(request.service().id()).values().stream()
                  .allMatch(scope -> scope.mayBe(false, from, to, weather));
          default -> false;
        };
    return right ? null : error + " for what is granted";
  }

  /** The claims of a token, not verified. */
  static JsonObject claims(String token) {
    String payload = token.split("\\.", 3)[1];
    return new JsonObject(
        new String(Base64.getUrlDecoder().decode(payload), StandardCharsets.UTF_8));
  }
}
