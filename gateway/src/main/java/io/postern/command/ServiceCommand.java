package io.postern.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.cli.AdminClient;
import io.postern.cli.Display;
import io.postern.setting.Settings;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code postern service}. */
@Command(
    name = "service",
    description = "Services, with their scopes.",
    subcommands = {
      ServiceCommand.Create.class,
      ServiceCommand.ListAll.class,
      ServiceCommand.Show.class,
      ServiceCommand.Delete.class,
      ServiceCommand.AddScope.class,
      ServiceCommand.DeleteScope.class
    })
final class ServiceCommand extends CommandGroup {
  private static final String SERVICES = "services";
  private static final String SCOPES = "scopes";

  /** A command about one service. */
  abstract static class OfService extends AdminCommand {
    @Parameters(
        index = "0",
        paramLabel = "SERVICE",
        description = "The service's audience, or its service_id.")
    String service = "";
  }

  @Command(name = "create", mixinStandardHelpOptions = true, description = "Registers a service.")
  static final class Create extends AdminCommand {
    @Parameters(index = "0", paramLabel = "NAME", description = "What people call it.")
    String name = "";

    @Parameters(
        index = "1",
        paramLabel = "AUDIENCE",
        description = "What its tokens have as aud. It stays.")
    String audience = "";

    @Option(
        names = "--scope",
        paramLabel = "SCOPE",
        split = ",",
        description = "A scope value; may be repeated, or several with commas.")
    List<String> scopes = List.of();

    @Option(
        names = "--access-token-ttl",
        paramLabel = "SECONDS",
        description = "How long its tokens live. Default: 900.")
    @Nullable Integer accessTokenTtl;

    @Option(
        names = "--signing-alg",
        paramLabel = "ALG",
        description = "What its tokens are signed with: ES256, RS256, PS256, EdDSA.")
    @Nullable String signingAlg;

    @Override
    void run(AdminClient api, Display display) {
      ObjectNode body = body().put("name", name).put("audience", audience);
      ArrayNode values = body.putArray(SCOPES);
      Settings.elements(scopes).forEach(scope -> values.addObject().put("value", scope));
      if (accessTokenTtl != null) {
        body.put("access_token_ttl", accessTokenTtl);
      }
      put(body, "signing_alg", signingAlg);
      display.one(api.call("POST", SERVICES).body(body).send().body());
    }
  }

  @Command(name = "list", mixinStandardHelpOptions = true, description = "Lists the services.")
  static final class ListAll extends AdminCommand {
    @Override
    void run(AdminClient api, Display display) {
      display.list(
          api.list(Map.of(), SERVICES), "service_id", "name", "audience", "scopes", "created_at");
    }
  }

  @Command(name = "show", mixinStandardHelpOptions = true, description = "Shows a service.")
  static final class Show extends OfService {
    @Override
    void run(AdminClient api, Display display) {
      display.one(api.get(SERVICES, serviceId(api, service)));
    }
  }

  @Command(
      name = "delete",
      mixinStandardHelpOptions = true,
      description = "Deletes a service, with every grant on it.")
  static final class Delete extends OfService {
    @Override
    void run(AdminClient api, Display display) {
      api.call("DELETE", SERVICES, serviceId(api, service)).send();
      display.say("Deleted service " + service);
    }
  }

  @Command(name = "add-scope", mixinStandardHelpOptions = true, description = "Adds a scope.")
  static final class AddScope extends OfService {
    @Parameters(index = "1", paramLabel = "SCOPE", description = "The scope value.")
    String value = "";

    @Option(names = "--name", paramLabel = "NAME", description = "What people call it.")
    @Nullable String name;

    @Override
    void run(AdminClient api, Display display) {
      ObjectNode body = body().put("value", value);
      put(body, "name", name);
      display.one(
          api.call("POST", SERVICES, serviceId(api, service), SCOPES).body(body).send().body());
    }
  }

  @Command(
      name = "delete-scope",
      mixinStandardHelpOptions = true,
      description = "Deletes a scope; it leaves every grant at once.")
  static final class DeleteScope extends OfService {
    @Parameters(index = "1", paramLabel = "SCOPE", description = "The scope value.")
    String value = "";

    @Override
    void run(AdminClient api, Display display) {
      api.call("DELETE", SERVICES, serviceId(api, service), SCOPES, value).send();
      display.say("Deleted scope " + value + " of " + service);
    }
  }
}
