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

/** {@code postern link}. */
@Command(description = "Which agents may use which hosted credentials, and how.")
final class LinkCommand extends CommandGroup {
  private static final String LINKS = "credentials";

  @Override
  List<CommandSpec> commands() {
    return List.of(
        command(
            "set",
            "Links an agent to a credential, in place of the link that there was.",
            new Put()),
        command(
            "list",
            "Lists the credentials that an agent is linked to.",
            new ListOfCommand(
                new NamedAgent(),
                LINKS,
                "identifier",
                "name",
                "business_type",
                "access",
                "requests_per_minute",
                "expires_at")),
        command("delete", "Unlinks an agent.", new DeleteCommand(new NamedLink())));
  }

  private static final class Put extends AdminCommand {
    @Mixin private NamedLink link;

    @Parameters(
        index = "2..*",
        arity = "1..*",
        paramLabel = "ACCESS",
        description = "relay to call through the relay, obtain to be handed the value; or both.")
    List<String> access = List.of();

    @Option(
        names = "--requests-per-minute",
        paramLabel = "COUNT",
        description = "The most that each gateway allows the agent. Default: no limit.")
    @Nullable Integer requestsPerMinute;

    @Option(
        names = "--expires-at",
        paramLabel = "TIME",
        description = "When it ends, such as 2027-01-31T00:00:00Z. Default: never.")
    @Nullable String expiresAt;

    @Override
    void run(AdminClient api, Display display) {
      ObjectNode body = body();
      ArrayNode values = body.putArray("access");
      access.forEach(values::add);
      if (requestsPerMinute != null) {
        body.put("requests_per_minute", requestsPerMinute);
      }
      put(body, "expires_at", expiresAt);
      display.one(api.call("PUT", link.path(api)).body(body).send().body());
    }
  }

  /** A link, by its two ends. */
  private static final class NamedLink implements Named {
    @Mixin private NamedAgent agent;

    @Parameters(
        index = "1",
        paramLabel = "CREDENTIAL",
        description = "The credential's identifier, or its credential_id.")
    private String credential = "";

    @Override
    public String[] path(AdminClient api) {
      return agent.path(api, LINKS, NamedCredential.id(api, credential));
    }

    @Override
    public String given() {
      return credential;
    }

    @Override
    public String toString() {
      return "the link of " + agent.given() + " to " + credential;
    }
  }
}
