package io.postern.command;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What the relay may call with a credential, and where it puts the value in. */
final class TargetOptions {
  private static final String AUTHORIZATION = "authorization";

  @Option(
      names = "--base-url",
      paramLabel = "URL",
      description = "What the relay may call: this and below. Default: nothing.")
  @Nullable String baseUrl;

  @Option(
      names = "--header",
      paramLabel = "NAME",
      description = "The header that the value is put into. Default: Authorization.")
  @Nullable String header;

  @Option(
      names = "--prefix",
      paramLabel = "TEXT",
      description =
          "What stands before the value there. Default: \"Bearer \" in Authorization, nothing in"
              + " other headers.")
  @Nullable String prefix;

  @Option(
      names = "--query-parameter",
      paramLabel = "NAME",
      description = "The query parameter that the value is put into, in place of a header.")
  @Nullable String queryParameter;

  @Option(
      names = "--allow",
      paramLabel = "[METHODS ]PATH",
      description =
          "A request that the relay may make, such as \"GET,POST /v1/*\"; may be given again."
              + " Default: everything below the base URL.")
  @Nullable List<String> allow;

  /** The members that were given; null for none. */
  @Nullable ObjectNode find() {
    ObjectNode target = JsonNodeFactory.instance.objectNode();
    AdminCommand.put(target, "base_url", baseUrl);
    AdminCommand.put(target, "header", header);
    boolean bare = header != null && !header.toLowerCase(Locale.ROOT).equals(AUTHORIZATION);
    AdminCommand.put(target, "prefix", prefix == null && bare ? "" : prefix);
    AdminCommand.put(target, "query_parameter", queryParameter);
    if (allow != null) {
      ArrayNode rules = target.putArray("allow");
      allow.forEach(rule -> rules.add(rule(rule)));
    }
    return target.isEmpty() ? null : target;
  }

  /** The same to be put over what is there: header and query parameter take each other's place. */
  @Nullable ObjectNode findPatch() {
    ObjectNode target = find();
    if (target != null && queryParameter != null) {
      target.putNull("header").putNull("prefix");
    } else if (target != null && header != null) {
      target.putNull("query_parameter");
    }
    return target;
  }

  private static ObjectNode rule(String text) {
    String[] parts = text.strip().split("\\s+", 2);
    ObjectNode rule = JsonNodeFactory.instance.objectNode();
    if (parts.length == 2) {
      ArrayNode methods = rule.putArray("methods");
      for (String method : parts[0].split(",", -1)) {
        methods.add(method);
      }
    }
    return rule.put("path", parts[parts.length - 1]);
  }
}
