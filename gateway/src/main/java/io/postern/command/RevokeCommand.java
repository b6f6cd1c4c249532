package io.postern.command;

import com.fasterxml.jackson.databind.JsonNode;
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
import picocli.CommandLine.Spec;

/** {@code postern revoke}. */
@Command(
    description =
        "Ends tokens before their time, at all gateways and at services that follow them.")
final class RevokeCommand extends CommandGroup {
  static final String REVOCATIONS = "revocations";

  @Override
  List<CommandSpec> commands() {
    return List.of(
        command(
            "agent",
            "Ends all tokens of an agent. It may get new ones at once, unless --disable.",
            new OfAgent()),
        command(
            "service",
            "Ends all tokens for a service. There may be new ones at once, unless --disable.",
            new OfService()),
        command("token", "Ends one token.", new OfToken()));
  }

  /** What is common to all. */
  private abstract static class Revoke extends AdminCommand {
    @Spec private CommandSpec spec;

    @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the audit.")
    @Nullable String reason;

    @Option(names = "--dry-run", description = "Only tell what would be ended.")
    boolean dryRun;

    /** Says what is to be ended. */
    abstract void name(AdminClient api, ObjectNode body);

    @Override
    final void run(AdminClient api, Display display) {
      ObjectNode body = body();
      name(api, body);
      put(body, "reason", reason);
      if (dryRun) {
        body.put("dry_run", true);
      }
      JsonNode answer = api.call("POST", REVOCATIONS).body(body).send().body();
      display.one(answer);
      if (!json && mayHaveNew(answer)) {
        spec.commandLine()
            .getErr()
            .println("There may be new tokens at once; with --disable there are none.");
      }
    }

    /** Whether there may be new ones, as an answer tells. */
    boolean mayHaveNew(JsonNode answer) {
      return false;
    }
  }

  /** What can be disabled too. */
  private abstract static class Application extends Revoke {
    @Option(names = "--disable", description = "Disable it too, so that there are no new ones.")
    boolean disable;

    final void disable(ObjectNode body) {
      if (disable) {
        body.put("disable", true);
      }
    }

    @Override
    final boolean mayHaveNew(JsonNode answer) {
      return !answer.path("disabled").asBoolean();
    }
  }

  private static final class OfAgent extends Application {
    @Mixin private NamedAgent agent;

    @Override
    void name(AdminClient api, ObjectNode body) {
      disable(body.put("agent", agent.given()));
    }
  }

  private static final class OfService extends Application {
    @Mixin private NamedService service;

    @Override
    void name(AdminClient api, ObjectNode body) {
      disable(body.put("service", NamedService.id(api, service.given())));
    }
  }

  private static final class OfToken extends Revoke {
    @Parameters(paramLabel = "JTI", description = "The token's jti.")
    String jti = "";

    @Override
    void name(AdminClient api, ObjectNode body) {
      body.put("token", jti);
    }
  }
}
