package io.postern.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.cli.AdminClient;
import io.postern.cli.CommandFailedException;
import io.postern.cli.Display;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The client secrets of an application. */
@Command(name = "secret")
final class ClientSecretCommand extends CommandGroup {
  private static final String SECRETS = "secrets";

  private final Supplier<Named> owner;

  /**
   * @param owner makes the parameters that say whose
   */
  ClientSecretCommand(Supplier<Named> owner) {
    this.owner = owner;
  }

  @Override
  List<CommandSpec> commands() {
    return List.of(
        command("add", "Makes a secret, and shows it this once.", new Add(owner.get())),
        command(
            "list",
            "Lists them, not shown.",
            new ListOfCommand(
                owner.get(),
                SECRETS,
                "secret_id",
                "description",
                "created_at",
                "expires_at",
                "last_used_at")),
        command("delete", "Deletes a secret.", new DeleteCommand(new NamedSecret(owner.get()))));
  }

  private static final class Add extends AdminCommand {
    @Mixin private final Named owner;

    @Option(names = "--description", paramLabel = "TEXT", description = "What it is for.")
    @Nullable String description;

    @Option(
        names = "--expires-at",
        paramLabel = "TIME",
        description = "When it ends, such as 2027-01-31T00:00:00Z. Default: never.")
    @Nullable String expiresAt;

    Add(Named owner) {
      this.owner = owner;
    }

    @Override
    void run(AdminClient api, Display display) {
      ObjectNode body = body();
      put(body, "description", description);
      put(body, "expires_at", expiresAt);
      JsonNode made = api.call("POST", owner.path(api, SECRETS)).body(body).send().body();
      display.one(made);
      if (!display.isWritten()) {
        throw new CommandFailedException(
            "the secret could not be written to standard output, and nobody can see it any more;"
                + " delete it, its secret_id is "
                + made.path("secret_id").asText());
      }
    }
  }

  private static final class NamedSecret extends NamedPart {
    @Parameters(index = "1", paramLabel = "SECRET_ID", description = "Which one.")
    private String secretId = "";

    NamedSecret(Named owner) {
      super(owner, "secret", SECRETS);
    }

    @Override
    public String given() {
      return secretId;
    }
  }
}
