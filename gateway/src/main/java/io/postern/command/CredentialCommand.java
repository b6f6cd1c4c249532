package io.postern.command;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.cli.AdminClient;
import io.postern.cli.CommandFailedException;
import io.postern.cli.Display;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code postern credential}. */
@Command(description = "Credentials of LLM providers and other services, hosted for agents.")
final class CredentialCommand extends CommandGroup {
  private static final String CREDENTIALS = "credentials";
  private static final String PRIVATE_KEY_JWT = "private_key_jwt";

  @Override
  List<CommandSpec> commands() {
    return List.of(
        command("list", "Lists the credentials, without their values.", new ListAll()),
        command("show", "Shows a credential with the agents that are linked to it.", new Show()),
        command("add", "Hosts a credential: an API key, or an OAuth client.", new Add()),
        command("set", "Changes what is given of a credential.", new Change()),
        command(
            "delete",
            "Deletes a credential with its values and all links to it.",
            new DeleteCommand(new NamedCredential())),
        command("value", "The values of a credential.", new CredentialValueCommand()),
        command("usage", "Shows what agents did with a credential, by day.", new Usage()));
  }

  private static final class ListAll extends ListCommand {
    @Option(names = "--name", paramLabel = "NAME", description = "Only those of that name.")
    @Nullable String name;

    @Option(
        names = "--type",
        paramLabel = "TYPE",
        description = "Only those for an llm, or an external_service.")
    @Nullable String type;

    ListAll() {
      super(
          CREDENTIALS, "identifier", "name", "business_type", "kind", "expires_at", "last_used_at");
    }

    @Override
    Map<String, String> filters() {
      Map<String, String> filters = new LinkedHashMap<>();
      if (name != null) {
        filters.put("name", name);
      }
      if (type != null) {
        filters.put("business_type", type);
      }
      return filters;
    }
  }

  private static final class Show extends AdminCommand {
    @Mixin private NamedCredential named;

    @Override
    void run(AdminClient api, Display display) {
      String[] path = named.path(api);
      JsonNode credential = api.get(path);
      List<JsonNode> links = api.list(Map.of(), path[0], path[1], "links");
      if (display.isJson() && credential instanceof ObjectNode whole) {
        whole.putArray("links").addAll(links);
      }
      display.one(credential);
      display.section(
          "Agents",
          links,
          "client_id",
          "agent_name",
          "access",
          "requests_per_minute",
          "expires_at");
    }
  }

  /** What may be given when a credential is made, and changed. */
  private abstract static class Write extends AdminCommand {
    @Option(names = "--description", paramLabel = "TEXT", description = "What it is for.")
    @Nullable String description;

    @Option(
        names = "--key-id",
        paramLabel = "TEXT",
        description = "What the provider calls the value; no secret.")
    @Nullable String keyId;

    @Option(
        names = "--expires-at",
        paramLabel = "TIME",
        description = "When it ends, such as 2027-01-31T00:00:00Z. Default: never.")
    @Nullable String expiresAt;

    @Option(
        names = "--requests-per-minute",
        paramLabel = "COUNT",
        description = "The most that each gateway allows all agents. Default: no limit.")
    @Nullable Integer requestsPerMinute;

    @Mixin TargetOptions target;

    @Option(
        names = "--token-endpoint",
        paramLabel = "URL",
        description = "Of an OAuth client: where its provider issues tokens.")
    @Nullable String tokenEndpoint;

    @Option(
        names = "--provider-client-id",
        paramLabel = "TEXT",
        description = "Of an OAuth client: what its provider calls it.")
    @Nullable String providerClientId;

    @Option(
        names = "--scope",
        paramLabel = "SCOPES",
        description = "Of an OAuth client: what is asked for, with blanks between.")
    @Nullable String scope;

    @Option(
        names = "--auth-method",
        paramLabel = "METHOD",
        description =
            "Of an OAuth client: client_secret_basic, client_secret_post, or private_key_jwt with a"
                + " key pair that the gateway makes. Default: client_secret_basic.")
    @Nullable String authMethod;

    final void fill(ObjectNode body) {
      put(body, "description", description);
      put(body, "key_id", keyId);
      put(body, "expires_at", expiresAt);
      if (requestsPerMinute != null) {
        body.put("requests_per_minute", requestsPerMinute);
      }
    }

    /** The members of an OAuth client that were given; null for none. */
    final @Nullable ObjectNode findClient() {
      ObjectNode client = JsonNodeFactory.instance.objectNode();
      put(client, "token_endpoint", tokenEndpoint);
      put(client, "client_id", providerClientId);
      put(client, "scope", scope);
      put(client, "auth_method", authMethod);
      return client.isEmpty() ? null : client;
    }
  }

  private static final class Add extends Write {
    @Parameters(
        index = "0",
        paramLabel = "IDENTIFIER",
        description = "By which agents name it: letters, digits, - . _ ~")
    String identifier = "";

    @Parameters(
        index = "1",
        arity = "0..1",
        paramLabel = "NAME",
        description = "What people call it. Default: its identifier.")
    @Nullable String name;

    @Option(
        names = "--type",
        paramLabel = "TYPE",
        required = true,
        description = "What it is for: llm or external_service.")
    String type = "";

    @Mixin SecretInput secret;

    @Override
    void run(AdminClient api, Display display) {
      ObjectNode body = body().put("identifier", identifier);
      body.put("name", name == null ? identifier : name).put("business_type", type);
      fill(body);
      ObjectNode given = target.find();
      if (given != null) {
        body.set("target", given);
      }
      ObjectNode client = findClient();
      if (client == null) {
        body.put("api_key", secret.read("API key"));
      } else {
        if (!PRIVATE_KEY_JWT.equals(authMethod)) {
          client.put("client_secret", secret.read("Client secret"));
        } else if (secret.file != null) {
          throw new CommandFailedException(
              "a client of private_key_jwt has no secret: the gateway makes a key pair");
        }
        body.set("oauth_client", client);
      }
      display.one(api.call("POST", CREDENTIALS).body(body).send().body());
    }
  }

  private static final class Change extends Write {
    @Mixin private NamedCredential credential;

    @Option(names = "--name", paramLabel = "NAME", description = "What people call it.")
    @Nullable String name;

    @Option(
        names = "--no",
        paramLabel = "MEMBER",
        split = ",",
        description =
            "What to take away: description, key_id, expires_at, requests_per_minute, target;"
                + " target.allow allows everything below the base URL again.")
    List<String> removed = List.of();

    @Override
    void run(AdminClient api, Display display) {
      ObjectNode body = body();
      put(body, "name", name);
      fill(body);
      ObjectNode newTarget = target.findPatch();
      if (newTarget != null) {
        body.set("target", newTarget);
      }
      ObjectNode client = findClient();
      if (client != null) {
        body.set("oauth_client", client);
      }
      for (String member : removed) {
        if (member.equals("target.allow")) {
          body.withObject("/target").putNull("allow");
        } else {
          body.putNull(member);
        }
      }
      if (body.isEmpty()) {
        throw new CommandFailedException("nothing is given that would change");
      }
      display.one(api.call("PATCH", credential.path(api)).body(body).send().body());
    }
  }

  private static final class Usage extends ListCommand {
    @Mixin private NamedCredential credential;

    @Option(names = "--from", paramLabel = "DAY", description = "The first day: 2026-01-31.")
    @Nullable String from;

    @Option(names = "--to", paramLabel = "DAY", description = "The last day, as UTC has it.")
    @Nullable String to;

    Usage() {
      super(
          "usage",
          "day",
          "client_id",
          "agent_name",
          "obtains",
          "relays",
          "failures",
          "request_bytes",
          "response_bytes",
          "input_tokens",
          "output_tokens");
    }

    @Override
    String[] path(AdminClient api, String collection) {
      return credential.path(api, collection);
    }

    @Override
    Map<String, String> filters() {
      Map<String, String> filters = new LinkedHashMap<>();
      if (from != null) {
        filters.put("from", from);
      }
      if (to != null) {
        filters.put("to", to);
      }
      return filters;
    }
  }
}
