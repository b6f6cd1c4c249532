package io.postern.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.cli.AdminClient;
import io.postern.cli.CommandFailedException;
import io.postern.cli.Display;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The values of a hosted credential: which there are, not what they are. */
@Command(name = "value")
final class CredentialValueCommand extends CommandGroup {

  @Override
  List<CommandSpec> commands() {
    return List.of(
        command("set", "Replaces the value; agents get the new one at once.", new Put()),
        command("list", "Lists which values there are, not shown.", new ListThem()),
        command(
            "delete",
            "Ends a value. After the newest, the one before it is the present one again.",
            new DeleteCommand(new NamedValue())));
  }

  private static final class Put extends AdminCommand {
    @Mixin private NamedCredential credential;
    @Mixin private SecretInput secret;

    @Option(
        names = "--keep-former-until",
        paramLabel = "TIME",
        description = "Until when the former values are kept. Default: they end at once.")
    @Nullable String keepFormerUntil;

    @Option(
        names = "--key-id",
        paramLabel = "TEXT",
        description = "What the provider calls the new value. Default: as it was.")
    @Nullable String keyId;

    @Override
    void run(AdminClient api, Display display) {
      String[] path = credential.path(api);
      ObjectNode body = body();
      JsonNode present = api.get(path);
      if (present.at("/oauth_client/public_jwk").isObject()) {
        if (secret.file != null) {
          throw new CommandFailedException(
              "the credential has a key pair, of which the gateway makes a new one; give no value");
        }
        body.put("new_key_pair", true);
      } else if (present.path("oauth_client").isObject()) {
        body.put("client_secret", secret.read("Client secret"));
      } else {
        body.put("api_key", secret.read("API key"));
      }
      put(body, "keep_former_until", keepFormerUntil);
      put(body, "key_id", keyId);
      display.one(api.call("PUT", path[0], path[1], "value").body(body).send().body());
    }
  }

  private static final class ListThem extends AdminCommand {
    @Mixin private NamedCredential credential;

    @Override
    void run(AdminClient api, Display display) {
      List<JsonNode> values = new ArrayList<>();
      api.get(credential.path(api)).path("values").forEach(values::add);
      display.list(values, "value_id", "created_at", "expires_at");
    }
  }

  /** A value, by whose it is and its id. */
  private static final class NamedValue implements Named {
    @Mixin private NamedCredential credential;

    @Parameters(index = "1", paramLabel = "VALUE_ID", description = "Which one.")
    private String valueId = "";

    @Override
    public String[] path(AdminClient api) {
      return credential.path(api, "values", valueId);
    }

    @Override
    public String given() {
      return valueId;
    }

    @Override
    public String toString() {
      return "value " + valueId + " of " + credential.given();
    }
  }
}
