package io.postern.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.cli.AdminClient;
import io.postern.cli.Display;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code postern agent}. */
@Command(
    name = "agent",
    description = "Agents, with their secrets and keys.",
    subcommands = {
      AgentCommand.Create.class,
      AgentCommand.ListAll.class,
      AgentCommand.Show.class,
      AgentCommand.Disable.class,
      AgentCommand.Enable.class,
      AgentCommand.Delete.class,
      ClientSecretCommand.class,
      ClientKeyCommand.class
    })
final class AgentCommand extends CommandGroup {
  private static final String AGENTS = "agents";

  /** A command about one agent. */
  abstract static class OfAgent extends AdminCommand {
    @Parameters(index = "0", paramLabel = "CLIENT_ID", description = "The agent's client_id.")
    String clientId = "";
  }

  @Command(name = "create", mixinStandardHelpOptions = true, description = "Registers an agent.")
  static final class Create extends AdminCommand {
    @Parameters(paramLabel = "NAME", description = "What people call it.")
    String name = "";

    @Option(
        names = "--id",
        paramLabel = "CLIENT_ID",
        description = "Its client_id, 3 to 128 unreserved characters. Default: a new one.")
    @Nullable String id;

    @Option(
        names = "--audience",
        paramLabel = "AUDIENCE",
        description = "What others name to call it. Default: urn:postern:agent:<client_id>.")
    @Nullable String audience;

    @Option(
        names = "--tokens-per-minute",
        paramLabel = "COUNT",
        description = "How many tokens it may get from each gateway. Default: no limit.")
    @Nullable Integer tokensPerMinute;

    @Override
    void run(AdminClient api, Display display) {
      ObjectNode body = body().put("name", name);
      put(body, "client_id", id);
      put(body, "audience", audience);
      if (tokensPerMinute != null) {
        body.put("tokens_per_minute", tokensPerMinute);
      }
      display.one(api.call("POST", AGENTS).body(body).send().body());
    }
  }

  @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the agents.")
  static final class ListAll extends AdminCommand {
    @Option(names = "--name", paramLabel = "NAME", description = "Only those of that name.")
    @Nullable String name;

    @Option(
        names = "--status",
        paramLabel = "STATUS",
        description = "Only those that are active, or disabled.")
    @Nullable String status;

    @Override
    void run(AdminClient api, Display display) {
      Map<String, String> filters = new LinkedHashMap<>();
      if (name != null) {
        filters.put("name", name);
      }
      if (status != null) {
        filters.put("status", status);
      }
      display.list(
          api.list(filters, AGENTS), "client_id", "name", "status", "audience", "created_at");
    }
  }

  @Command(
      name = "show",
      mixinStandardHelpOptions = true,
      description = "Shows an agent with its secrets, keys and grants.")
  static final class Show extends OfAgent {
    @Override
    void run(AdminClient api, Display display) {
      JsonNode agent = api.get(AGENTS, clientId);
      List<JsonNode> secrets = api.list(Map.of(), AGENTS, clientId, "secrets");
      List<JsonNode> keys = api.list(Map.of(), AGENTS, clientId, "keys");
      List<JsonNode> grants = api.list(Map.of(), AGENTS, clientId, "grants");
      if (display.isJson() && agent instanceof ObjectNode whole) {
        whole.putArray("secrets").addAll(secrets);
        whole.putArray("keys").addAll(keys);
        whole.putArray("grants").addAll(grants);
      }
      display.one(agent);
      display.section("Secrets", secrets, "secret_id", "description", "expires_at", "last_used_at");
      display.section("Keys", keys, "kid", "expires_at", "last_used_at");
      display.section("Grants", grants, "service_id", "audience", "scopes", "expires_at");
    }
  }

  @Command(
      name = "disable",
      mixinStandardHelpOptions = true,
      description = "Lets an agent get no tokens, and nobody tokens for it.")
  static final class Disable extends OfAgent {
    @Override
    void run(AdminClient api, Display display) {
      display.one(setStatus(api, clientId, "disabled"));
    }
  }

  @Command(name = "enable", mixinStandardHelpOptions = true, description = "Ends that.")
  static final class Enable extends OfAgent {
    @Override
    void run(AdminClient api, Display display) {
      display.one(setStatus(api, clientId, "active"));
    }
  }

  @Command(
      name = "delete",
      mixinStandardHelpOptions = true,
      description = "Deletes an agent with its credentials and grants. Its client_id is gone.")
  static final class Delete extends OfAgent {
    @Override
    void run(AdminClient api, Display display) {
      api.call("DELETE", AGENTS, clientId).send();
      display.say("Deleted agent " + clientId);
    }
  }

  private static JsonNode setStatus(AdminClient api, String clientId, String status) {
    ObjectNode body = AdminCommand.body().put("status", status);
    return api.call("PATCH", AGENTS, clientId).body(body).send().body();
  }
}
