package io.postern.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.cli.AdminClient;
import io.postern.cli.Display;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code postern explain}. */
@Command(
    description =
        "Tells what the token endpoint would decide on an agent's request, or what it would meet at"
            + " a hosted credential, and why; no token is made.")
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

  @Option(
      names = "--credential",
      paramLabel = "IDENTIFIER",
      description = "A hosted credential: would the agent obtain it, and call through the relay?")
  @Nullable String credential;

  @Override
  void run(AdminClient api, Display display) {
    ObjectNode body = body().put("client_id", agent.given());
    put(body, "audience", audience);
    put(body, "resource", resource);
    put(body, "scope", scope);
    put(body, "credential", credential);
    JsonNode explanation = api.call("POST", "explain").body(body).send().body();
    if (display.isJson()) {
      display.one(explanation);
      return;
    }
    display.say(verdict(explanation));
    if (explanation.path("not_before").isTextual()) {
      display.say(
          "Revoked since %s: its tokens for this audience that were issued up to then do not count"
              .formatted(explanation.path("not_before").asText()));
    }
    for (JsonNode audience : explanation.path("did_you_mean")) {
      display.say("Did you mean " + audience.asText() + "?");
    }
    List<JsonNode> scopes = new ArrayList<>();
    explanation.path("scopes").forEach(scopes::add);
    display.section("Scopes", scopes, "value", "reason", "granted_on");
    for (String access : List.of("obtain", "relay")) {
      if (credential != null) {
        display.say(verdict(access, explanation.path("credential").path(access)));
      }
    }
  }

  private static String verdict(String access, JsonNode way) {
    String name = access.substring(0, 1).toUpperCase(Locale.ROOT) + access.substring(1);
    return way.path("outcome").asText().equals("permit")
        ? name + ": permitted"
        : "%s: refused, %s (the agent is told %s: %s)"
            .formatted(
                name,
                way.path("reason").asText(),
                way.path("error").asText(),
                way.path("error_description").asText());
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
