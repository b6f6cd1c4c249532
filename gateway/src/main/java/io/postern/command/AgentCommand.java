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
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code postern agent}. */
@Command(description = "Agents, with their secrets and keys.")
final class AgentCommand extends CommandGroup {
  private static final String AGENTS = "agents";

  @Override
  List<CommandSpec> commands() {
    return List.of(
        command("create", "Registers an agent.", new Create()),
        command("list", "Lists the agents.", new ListAll()),
        command("show", "Shows an agent with its secrets, keys, grants and links.", new Show()),
        command(
            "disable",
            "Lets an agent get no tokens, and nobody tokens for it.",
            new SetStatus("disabled")),
        command("enable", "Ends that.", new SetStatus("active")),
        command(
            "delete",
            "Deletes an agent with its credentials and grants. Its client_id is gone.",
            new DeleteCommand(new NamedAgent())),
        command("secret", "An agent's client secrets.", new ClientSecretCommand(NamedAgent::new)),
        command("key", "An agent's public keys.", new ClientKeyCommand(NamedAgent::new)));
  }

  private static final class Create extends AdminCommand {
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

  private static final class ListAll extends ListCommand {
    @Option(names = "--name", paramLabel = "NAME", description = "Only those of that name.")
    @Nullable String name;

    @Option(
        names = "--status",
        paramLabel = "STATUS",
        description = "Only those that are active, or disabled.")
    @Nullable String status;

    ListAll() {
      super(AGENTS, "client_id", "name", "status", "audience", "created_at");
    }

    @Override
    Map<String, String> filters() {
      Map<String, String> filters = new LinkedHashMap<>();
      if (name != null) {
        filters.put("name", name);
      }
      if (status != null) {
        filters.put("status", status);
      }
      return filters;
    }
  }

  private static final class Show extends AdminCommand {
    @Mixin private NamedAgent named;

    @Override
    void run(AdminClient api, Display display) {
      JsonNode agent = api.get(named.path(api));
      List<JsonNode> secrets = api.list(Map.of(), named.path(api, "secrets"));
      List<JsonNode> keys = api.list(Map.of(), named.path(api, "keys"));
      List<JsonNode> grants = api.list(Map.of(), named.path(api, "grants"));
      List<JsonNode> links = api.list(Map.of(), named.path(api, "credentials"));
      if (display.isJson() && agent instanceof ObjectNode whole) {
        whole.putArray("secrets").addAll(secrets);
        whole.putArray("keys").addAll(keys);
        whole.putArray("grants").addAll(grants);
        whole.putArray("credentials").addAll(links);
      }
      display.one(agent);
      display.section("Secrets", secrets, "secret_id", "description", "expires_at", "last_used_at");
      display.section("Keys", keys, "kid", "expires_at", "last_used_at");
      display.section("Grants", grants, "service_id", "audience", "scopes", "expires_at");
      display.section("Credentials", links, "identifier", "name", "access", "expires_at");
    }
  }

  private static final class SetStatus extends AdminCommand {
    private final String status;
    @Mixin private NamedAgent agent;

    SetStatus(String status) {
      this.status = status;
    }

    @Override
    void run(AdminClient api, Display display) {
      ObjectNode body = body().put("status", status);
      display.one(api.call("PATCH", agent.path(api)).body(body).send().body());
    }
  }
}
