package io.postern.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.cli.AdminClient;
import io.postern.cli.Display;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;

/** {@code postern keys}. */
@Command(description = "The keys that access tokens are signed with.")
final class KeysCommand extends CommandGroup {
  private static final String SIGNING_KEYS = "signing-keys";
  private static final String[] SHOWN = {
    "kid", "alg", "state", "created_at", "activated_at", "retired_at"
  };

  @Override
  List<CommandSpec> commands() {
    return List.of(
        command("list", "Lists the signing keys.", new ListCommand(SIGNING_KEYS, SHOWN)),
        command(
            "rotate",
            "Starts the change to a new key, which signs when all have published it.",
            new Rotate()));
  }

  private static final class Rotate extends AdminCommand {
    @Option(names = "--alg", paramLabel = "ALG", description = "Only this algorithm's key.")
    @Nullable String alg;

    @Option(
        names = "--immediately",
        description =
            "A key has leaked: the new one signs at once, and all others of the algorithm are"
                + " removed.")
    boolean immediately;

    @Override
    void run(AdminClient api, Display display) {
      ObjectNode body = body();
      put(body, "alg", alg);
      if (immediately) {
        body.put("immediately", true);
      }
      JsonNode answer = api.call("POST", SIGNING_KEYS, "rotate").body(body).send().body();
      List<JsonNode> keys = new ArrayList<>();
      answer.path("items").forEach(keys::add);
      display.list(keys, SHOWN);
    }
  }
}
