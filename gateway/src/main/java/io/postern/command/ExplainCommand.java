package io.postern.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.cli.AdminClient;
import io.postern.cli.Display;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code postern explain}. */
@Command(
    name = "explain",
    description =
        "Tells what the token endpoint would decide on an agent's request, and why; no token is"
            + " made.")
final class ExplainCommand extends AdminCommand {
  @Mixin private NamedAgent agent;

  @Option(
      names = "--audience",
      paramLabel = "AUDIENCE",
      description = "As in the request. Default: the agent's only one.")
  @Nullable String audience;

  @Option(
      names = "--resource",
      paramLabel = "URI",
      description = "As in the request: the audience as a URI, in any spelling.")
  @Nullable String resource;

  @Option(
      names = "--scope",
      paramLabel = "SCOPES",
      description = "As in the request, with blanks between. Default: all that is granted.")
  @Nullable String scope;

  @Override
  void run(AdminClient api, Display display) {
    ObjectNode body = body().put("client_id", agent.given());
    put(body, "audience", audience);
    put(body, "resource", resource);
    put(body, "scope", scope);
    JsonNode explanation = api.call("POST", "explain").body(body).send().body();
    if (display.isJson()) {
      display.one(explanation);
      return;
    }
    display.say(verdict(explanation));
    for (JsonNode audience : explanation.path("did_you_mean")) {
      display.say("Did you mean " + audience.asText() + "?");
    }
    List<JsonNode> scopes = new ArrayList<>();
    explanation.path("scopes").forEach(scopes::add);
    display.section("Scopes", scopes, "value", "reason", "granted_on");
  }

  private static String verdict(JsonNode explanation) {
    if (explanation.path("outcome").asText().equals("issue")) {
      return "Issued: a token for %s with scope \"%s\", good for %s s, signed with %s"
          .formatted(
              explanation.path("audience").asText(),
              explanation.path("scope").asText(),
              explanation.path("access_token_ttl").asText(),
              explanation.path("signing_alg").asText());
    }
    return "Refused: %s (the agent is told %s: %s)"
        .formatted(
            explanation.path("reason").asText(),
            explanation.path("error").asText(),
            explanation.path("error_description").asText());
  }
}
