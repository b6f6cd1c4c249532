package io.postern.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.admin.registry.UnsentKey;
import io.postern.cli.AdminClient;
import io.postern.cli.CommandFailedException;
import io.postern.cli.Display;
import io.postern.setting.InputFile;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The public keys of an application. */
@Command(name = "key")
final class ClientKeyCommand extends CommandGroup {
  private static final String KEYS = "keys";

  private final Supplier<Named> owner;

  /**
   * @param owner makes the parameters that say whose
   */
  ClientKeyCommand(Supplier<Named> owner) {
    this.owner = owner;
  }

  @Override
  List<CommandSpec> commands() {
    return List.of(
        command(
            "add",
            "Registers a public key; the private one stays with whoever has it.",
            new Add(owner.get())),
        command(
            "list",
            "Lists the keys.",
            new ListOfCommand(
                owner.get(),
                KEYS,
                "kid",
                "thumbprint",
                "created_at",
                "expires_at",
                "last_used_at")),
        command("delete", "Deletes a key.", new DeleteCommand(new NamedKey(owner.get()))));
  }

  private static final class Add extends AdminCommand {
    private static final JsonMapper JSON = new JsonMapper();

    @Mixin private final Named owner;

    @Parameters(
        index = "1",
        paramLabel = "FILE",
        description =
            "A public key: a key or a certificate in PEM or bare base64, the line of an OpenSSH"
                + " .pub file, a JWK or a JWK Set of one; - for standard input.")
    Path file = Path.of("");

    @Option(names = "--kid", paramLabel = "KID", description = "Its name. Default: thumbprint.")
    @Nullable String kid;

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
      String key = read();
      if (key.isEmpty()) {
        throw new CommandFailedException(InputFile.name(file) + " is empty");
      }
      if (key.startsWith("{")) {
        JsonNode jwk = parse(key);
        requireSendable(UnsentKey.whyNot(jwk));
        body.set("jwk", jwk);
      } else {
        requireSendable(UnsentKey.whyNot(key));
        body.put("pem", key);
      }
      put(body, "kid", kid);
      put(body, "expires_at", expiresAt);
      display.one(api.call("POST", owner.path(api, KEYS)).body(body).send().body());
    }

    private void requireSendable(@Nullable String whyNot) {
      if (whyNot != null) {
        throw new CommandFailedException(
            InputFile.name(file) + " " + whyNot + "; nothing was sent");
      }
    }

    private String read() {
      try {
        String text = InputFile.read(file);
        // a byte order mark is no blank
        return text.startsWith("\uFEFF") ? text.substring(1).strip() : text;
      } catch (IOException e) {
        throw new CommandFailedException(InputFile.unreadable(file, e));
      }
    }

    private JsonNode parse(String key) {
      try {
        return JSON.readTree(key);
      } catch (JsonProcessingException e) {
        throw new CommandFailedException(InputFile.name(file) + " is not JSON");
      }
    }
  }

  private static final class NamedKey extends NamedPart {
    @Parameters(
        index = "1",
        paramLabel = "KID",
        description = "Which one; one that begins with a hyphen stands behind --, as in: -- -KID")
    private String kid = "";

    NamedKey(Named owner) {
      super(owner, "key", KEYS);
    }

    @Override
    public String given() {
      return kid;
    }
  }
}
