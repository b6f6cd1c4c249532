package io.postern.testing;

import io.vertx.core.json.JsonObject;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** The vault as an agent uses it. */
public final class Vault {
  /** Its audience. */
  public static final String AUDIENCE = "urn:postern:vault";

  private Vault() {}

  /** A token of an agent for the vault. */
  public static String token(TestGateway gateway, TestRegistry.Agent agent) {
    TokenCall.Answer answer = TokenCall.by(gateway, agent).param("audience", AUDIENCE).send();
    if (answer.status() != 200) {
      throw new AssertionError(answer.response().body());
    }
    return answer.accessToken();
  }

  /** Asks for a hosted credential. */
  public static HttpResponse<String> obtain(TestGateway gateway, String token, String identifier) {
    return gateway.send(
        HttpRequest.newBuilder(gateway.publicUri("/vault/v1/credentials/" + identifier))
            .header("Authorization", "Bearer " + token)
            .build());
  }

  /** The provider's token that an answer has, or the problem's type. */
  public static String result(HttpResponse<String> answer) {
    JsonObject json = new JsonObject(answer.body());
    return answer.statusCode() == 200
        ? json.getString("access_token")
        : answer.statusCode() + " " + json.getString("type").replace("urn:postern:problem:", "");
  }
}
