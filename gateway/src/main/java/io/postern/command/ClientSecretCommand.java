package io.postern.command;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.cli.AdminClient;
import io.postern.cli.Display;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code postern agent secret}. */
@Command(
    name = "secret",
    description = "An agent's client secrets.",
    subcommands = {
      ClientSecretCommand.Add.class,
      ClientSecretCommand.ListAll.class,
      ClientSecretCommand.Delete.class
    })
final class ClientSecretCommand extends CommandGroup {
  private static final String AGENTS = "agents";
  private static final String SECRETS = "secrets";

  @Command(
      name = "add",
      mixinStandardHelpOptions = true,
      description = "Makes a secret, and shows it this once.")
  static final class Add extends AgentCommand.OfAgent {
    @Option(names = "--description", paramLabel = "TEXT", description = "What it is for.")
    @Nullable String description;

    @Option(
        names = "--expires-at",
        paramLabel = "TIME",
        description = "When it ends, such as 2027-01-31T00:00:00Z. Default: never.")
    @Nullable String expiresAt;

    @Override
    void run(AdminClient api, Display display) {
      ObjectNode body = body();
      put(body, "description", description);
      put(body, "expires_at", expiresAt);
      display.one(api.call("POST", AGENTS, clientId, SECRETS).body(body).send().body());
    }
  }

  @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists them, not shown.")
  static final class ListAll extends AgentCommand.OfAgent {
    @Override
    void run(AdminClient api, Display display) {
      display.list(
          api.list(Map.of(), AGENTS, clientId, SECRETS),
          "secret_id",
          "description",
          "created_at",
          "expires_at",
          "last_used_at");
    }
  }

  @Command(name = "delete", mixinStandardHelpOptions = true, description = "Deletes a secret.")
  static final class Delete extends AgentCommand.OfAgent {
    @Parameters(index = "1", paramLabel = "SECRET_ID", description = "Which one.")
    String secretId = "";

    @Override
    void run(AdminClient api, Display display) {
      api.call("DELETE", AGENTS, clientId, SECRETS, secretId).send();
      display.say("Deleted secret " + secretId + " of " + clientId);
    }
  }
}
