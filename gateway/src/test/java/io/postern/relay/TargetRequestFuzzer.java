package io.postern.relay;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.vault.RelayTarget;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The fuzz target of the relay's paths: whatever follows the identifier in a request's target, what
 * is sent goes to the target's host and stays below its base, for other readers of URIs too. The
 * bytes up to the first line feed are the path, the rest is the query if there is any.
 */
public final class TargetRequestFuzzer {
  private static final String VALUE = "the value";
  private static final String BASE = "/v1/base";
  private static final RelayTarget OPEN = target("header", "x-key");
  private static final RelayTarget BY_QUERY = target("query_parameter", "key");

  private TargetRequestFuzzer() {}

  /** Called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    String text = new String(input, StandardCharsets.ISO_8859_1);
    int end = text.indexOf('\n');
    String rest = end < 0 ? text : text.substring(0, end);
    String query = end < 0 ? null : text.substring(end + 1);
    for (RelayTarget target : List.of(OPEN, BY_QUERY)) {
      if (TargetRequest.of("GET", rest, query, target) instanceof TargetRequest.Allowed allowed) {
        check(allowed, target, query);
      }
    }
  }

  private static void check(
      TargetRequest.Allowed allowed, RelayTarget target, @Nullable String query) {
    String uri = allowed.uri(VALUE);
    require(uri.chars().allMatch(c -> c > ' ' && c < 0x7F && c != '#'), "a second request line");
    int mark = uri.indexOf('?');
    String path = mark < 0 ? uri : uri.substring(0, mark);
    require(path.equals(BASE) || path.startsWith(BASE + '/'), "not below the base");
    URI read = URI.create("https://host" + path);
    require("host".equals(read.getHost()) && read.getPort() < 0, "another host");
    require(read.normalize().getRawPath().equals(path), "another reader normalises it");
    String decoded = path;
    for (int i = 0; i < 3; i++) {
      decoded = URLDecoder.decode(decoded.replace("+", "%2B"), StandardCharsets.ISO_8859_1);
      checkSegments(decoded);
    }
    if (target.queryParameter() == null) {
      require((query == null) == (mark < 0), "another query");
    } else {
      checkParameter(uri.substring(mark + 1));
    }
  }

  // for servers that decode before they split, take backslashes for slashes, or cut parameters
  private static void checkSegments(String decoded) {
    for (String segment : decoded.replace('\\', '/').split("/", -1)) {
      String name = segment.split(";", 2)[0];
      require(!name.equals(".") && !name.equals(".."), "a dot segment");
    }
    require(decoded.startsWith(BASE), "not below the base when decoded");
    require(decoded.chars().noneMatch(c -> c < ' ' || c == 0x7F), "a control character");
  }

  private static void checkParameter(String query) {
    long named =
        Arrays.stream(query.split("[&;]", -1))
            .map(part -> part.split("=", 2)[0])
            .map(name -> URLDecoder.decode(name, StandardCharsets.UTF_8).strip())
            .filter(name -> name.equalsIgnoreCase("key"))
            .count();
    require(named == 1, "the value's parameter twice");
    require(query.endsWith("key=the+value"), "the value is not at the end");
  }

  private static RelayTarget target(String member, String value) {
    ObjectNode json =
        JsonNodeFactory.instance
            .objectNode()
            .put("base_url", "https://host" + BASE)
            .put(member, value);
    RelayTarget target = RelayTarget.find(json);
    if (target == null) {
      throw new IllegalStateException("a target");
    }
    return target;
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }
}
