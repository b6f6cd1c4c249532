package io.postern.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.cli.AdminClient;
import io.postern.cli.Display;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code postern grant}. */
@Command(
    name = "grant",
    description = "Which scopes an agent may get on which service.",
    subcommands = {GrantCommand.Put.class, GrantCommand.ListAll.class, GrantCommand.Delete.class})
final class GrantCommand extends CommandGroup {
  private static final String AGENTS = "agents";
  private static final String GRANTS = "grants";

  @Command(
      name = "set",
      mixinStandardHelpOptions = true,
      description = "Grants these scopes on a service, in place of what was granted there.")
  static final class Put extends AgentCommand.OfAgent {
    @Parameters(
        index = "1",
        paramLabel = "SERVICE",
        description = "The service's audience or service_id, or another agent's client_id.")
    String service = "";

    @Parameters(
        index = "2..*",
        arity = "1..*",
        paramLabel = "SCOPE",
        description = "The scope values.")
    List<String> scopes = List.of();

    @Option(
        names = "--expires-at",
        paramLabel = "TIME",
        description = "When it ends, such as 2027-01-31T00:00:00Z. Default: never.")
    @Nullable String expiresAt;

    @Override
    void run(AdminClient api, Display display) {
      ObjectNode body = body();
      ArrayNode values = body.putArray("scopes");
      scopes.forEach(values::add);
      put(body, "expires_at", expiresAt);
      display.one(
          api.call("PUT", AGENTS, clientId, GRANTS, serviceId(api, service))
              .body(body)
              .send()
              .body());
    }
  }

  @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists an agent's grants.")
  static final class ListAll extends AgentCommand.OfAgent {
    @Override
    void run(AdminClient api, Display display) {
      display.list(
          api.list(Map.of(), AGENTS, clientId, GRANTS),
          "service_id",
          "audience",
          "scopes",
          "expires_at");
    }
  }

  @Command(name = "delete", mixinStandardHelpOptions = true, description = "Takes a grant away.")
  static final class Delete extends AgentCommand.OfAgent {
    @Parameters(index = "1", paramLabel = "SERVICE", description = "As for set.")
    String service = "";

    @Override
    void run(AdminClient api, Display display) {
      api.call("DELETE", AGENTS, clientId, GRANTS, serviceId(api, service)).send();
      display.say("Deleted the grant of " + clientId + " on " + service);
    }
  }
}
