package io.postern.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.cli.AdminClient;
import io.postern.cli.Display;
import io.postern.setting.Settings;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code postern service}. */
@Command(description = "Services, with their scopes, secrets and keys.")
final class ServiceCommand extends CommandGroup {
  private static final String SERVICES = "services";
  private static final String SCOPES = "scopes";

  @Override
  List<CommandSpec> commands() {
    return List.of(
        command("create", "Registers a service.", new Create()),
        command(
            "list",
            "Lists the services.",
            new ListCommand(SERVICES, "service_id", "name", "audience", "scopes", "created_at")),
        command("show", "Shows a service with its secrets and keys.", new Show()),
        command(
            "delete",
            "Deletes a service, with every grant on it.",
            new DeleteCommand(new NamedService())),
        command("add-scope", "Adds a scope.", new AddScope()),
        command(
            "delete-scope",
            "Deletes a scope; it leaves every grant at once.",
            new DeleteCommand(new NamedScope())),
        command(
            "secret",
            "A service's client secrets, by which it asks about tokens.",
            new ClientSecretCommand(NamedService::new)),
        command(
            "key",
            "A service's public keys, by which it asks about tokens.",
            new ClientKeyCommand(NamedService::new)));
  }

  private static final class Create extends AdminCommand {
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

  private static final class Show extends AdminCommand {
    @Mixin private NamedService named;

    @Override
    void run(AdminClient api, Display display) {
      JsonNode service = api.get(named.path(api));
      List<JsonNode> secrets = api.list(Map.of(), named.path(api, "secrets"));
      List<JsonNode> keys = api.list(Map.of(), named.path(api, "keys"));
      if (display.isJson() && service instanceof ObjectNode whole) {
        whole.putArray("secrets").addAll(secrets);
        whole.putArray("keys").addAll(keys);
      }
      display.one(service);
      display.section("Secrets", secrets, "secret_id", "description", "expires_at", "last_used_at");
      display.section("Keys", keys, "kid", "expires_at", "last_used_at");
    }
  }

  private static final class AddScope extends AdminCommand {
    @Mixin private NamedService service;

    @Parameters(index = "1", paramLabel = "SCOPE", description = "The scope value.")
    String value = "";

    @Option(names = "--name", paramLabel = "NAME", description = "What people call it.")
    @Nullable String name;

    @Override
    void run(AdminClient api, Display display) {
      ObjectNode body = body().put("value", value);
      put(body, "name", name);
      display.one(api.call("POST", service.path(api, SCOPES)).body(body).send().body());
    }
  }

  private static final class NamedScope extends NamedPart {
    @Parameters(index = "1", paramLabel = "SCOPE", description = "The scope value.")
    private String value = "";

    NamedScope() {
      super(new NamedService(), "scope", SCOPES);
    }

    @Override
    public String given() {
      return value;
    }
  }
}
