package io.postern.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.cli.AdminClient;
import io.postern.cli.Display;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code postern grant}. */
@Command(description = "Which scopes an agent may get on which service.")
final class GrantCommand extends CommandGroup {
  private static final String GRANTS = "grants";

  @Override
  List<CommandSpec> commands() {
    return List.of(
        command(
            "set",
            "Grants these scopes on a service, in place of what was granted there.",
            new Put()),
        command(
            "list",
            "Lists an agent's grants.",
            new ListOfCommand(
                new NamedAgent(), GRANTS, "service_id", "audience", "scopes", "expires_at")),
        command("delete", "Takes a grant away.", new DeleteCommand(new NamedGrant())));
  }

  private static final class Put extends AdminCommand {
    @Mixin private NamedGrant grant;

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
      display.one(api.call("PUT", grant.path(api)).body(body).send().body());
    }
  }

  /** A grant, by whose it is and where it holds. */
  private static final class NamedGrant implements Named {
    @Mixin private NamedAgent agent;

    @Parameters(
        index = "1",
        paramLabel = "SERVICE",
        description = "The service's audience or service_id, or another agent's client_id.")
    private String service = "";

    @Override
    public String[] path(AdminClient api) {
      return agent.path(api, GRANTS, NamedService.id(api, service));
    }

    @Override
    public String given() {
      return service;
    }

    @Override
    public String toString() {
      return "the grant of " + agent.given() + " on " + service;
    }
  }
}
