package io.postern.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.cli.CommandFailedException;
import io.postern.cli.Display;
import io.postern.cli.HttpExchange;
import java.io.IOException;
import java.time.Instant;
import java.util.Base64;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code postern token}. */
@Command(
    mixinStandardHelpOptions = true,
    description =
        "Gets an access token as the client that the options name, and shows what it says.")
final class TokenCommand implements Callable<Integer> {
  private static final JsonMapper JSON = new JsonMapper();

  @Mixin private AdminOptions adminOptions;
  @Spec private CommandSpec spec;

  @Option(
      names = "--audience",
      paramLabel = "AUDIENCE",
      description = "Whom it is for. Default: the client's only one.")
  @Nullable String audience;

  @Option(
      names = "--scope",
      paramLabel = "SCOPES",
      description = "With blanks between. Default: all that is granted.")
  @Nullable String scope;

  @Option(names = "--raw", description = "Print the token itself and nothing else, for scripts.")
  boolean raw;

  @Option(
      names = "--json",
      description = "Show the whole answer, with what the token says, as JSON.")
  boolean json;

  @Override
  public Integer call() {
    try (HttpExchange http = adminOptions.exchange()) {
      JsonNode answer = adminOptions.tokenEndpoint(http).request(audience, scope);
      String token = answer.path("access_token").asText();
      if (raw) {
        spec.commandLine().getOut().println(token);
      } else {
        show(answer, token);
      }
    }
    return 0;
  }

  private void show(JsonNode answer, String token) {
    String[] parts = token.split("\\.", -1);
    if (parts.length != 3) {
      throw new CommandFailedException("the token is not a signed JWT; --raw shows it");
    }
    ObjectNode shown = json ? answer.deepCopy() : JSON.createObjectNode();
    shown.set("header", decode(parts[0]));
    JsonNode claims = decode(parts[1]);
    shown.set("claims", claims);
    Display display = new Display(spec.commandLine().getOut(), json);
    display.one(shown);
    display.say("expires_at: " + Instant.ofEpochSecond(claims.path("exp").asLong()));
  }

  private static JsonNode decode(String part) {
    try {
      return JSON.readTree(Base64.getUrlDecoder().decode(part));
    } catch (IOException | IllegalArgumentException e) {
      throw new CommandFailedException("the token is not a signed JWT; --raw shows it");
    }
  }
}
