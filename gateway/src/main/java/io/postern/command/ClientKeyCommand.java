package io.postern.command;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.cli.AdminClient;
import io.postern.cli.CommandFailedException;
import io.postern.cli.Display;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code postern agent key}. */
@Command(
    name = "key",
    description = "An agent's public keys.",
    subcommands = {
      ClientKeyCommand.Add.class,
      ClientKeyCommand.ListAll.class,
      ClientKeyCommand.Delete.class
    })
final class ClientKeyCommand extends CommandGroup {
  private static final String AGENTS = "agents";
  private static final String KEYS = "keys";

  @Command(
      name = "add",
      mixinStandardHelpOptions = true,
      description = "Registers a public key; the private one stays with the agent.")
  static final class Add extends AgentCommand.OfAgent {
    private static final JsonMapper JSON = new JsonMapper();

    @Parameters(
        index = "1",
        paramLabel = "FILE",
        description = "A public JWK, or a public key or certificate in PEM.")
    Path file = Path.of("");

    @Option(names = "--kid", paramLabel = "KID", description = "Its name. Default: thumbprint.")
    @Nullable String kid;

    @Option(
        names = "--expires-at",
        paramLabel = "TIME",
        description = "When it ends, such as 2027-01-31T00:00:00Z. Default: never.")
    @Nullable String expiresAt;

    @Override
    void run(AdminClient api, Display display) {
      ObjectNode body = body();
      String key = read();
      // a private key must not leave this machine, not even to be refused
      if (key.contains("PRIVATE KEY") || key.contains("\"d\"")) {
        throw new CommandFailedException(file + " holds a private key; give the public one");
      }
      if (key.startsWith("{")) {
        body.set("jwk", parse(key));
      } else {
        body.put("pem", key);
      }
      put(body, "kid", kid);
      put(body, "expires_at", expiresAt);
      display.one(api.call("POST", AGENTS, clientId, KEYS).body(body).send().body());
    }

    private String read() {
      try {
        return Files.readString(file).strip();
      } catch (IOException e) {
        throw new CommandFailedException(file + " cannot be read");
      }
    }

    private JsonNode parse(String key) {
      try {
        return JSON.readTree(key);
      } catch (JsonProcessingException e) {
        throw new CommandFailedException(file + " is not JSON");
      }
    }
  }

  @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the keys.")
  static final class ListAll extends AgentCommand.OfAgent {
    @Override
    void run(AdminClient api, Display display) {
      display.list(
          api.list(Map.of(), AGENTS, clientId, KEYS),
          "kid",
          "thumbprint",
          "created_at",
          "expires_at",
          "last_used_at");
    }
  }

  @Command(name = "delete", mixinStandardHelpOptions = true, description = "Deletes a key.")
  static final class Delete extends AgentCommand.OfAgent {
    @Parameters(index = "1", paramLabel = "KID", description = "Which one.")
    String kid = "";

    @Override
    void run(AdminClient api, Display display) {
      api.call("DELETE", AGENTS, clientId, KEYS, kid).send();
      display.say("Deleted key " + kid + " of " + clientId);
    }
  }
}
