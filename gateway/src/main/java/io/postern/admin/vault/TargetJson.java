package io.postern.admin.vault;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.admin.protocol.JsonFields;
import io.postern.vault.RelayTarget;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What the relay may call, as the admin API reads, keeps and shows it. */
public final class TargetJson {
  private static final String MEMBER = "target";
  private static final String BASE_URL = "base_url";
  private static final String HEADER = "header";
  private static final String PREFIX = "prefix";
  private static final String QUERY_PARAMETER = "query_parameter";
  private static final String ALLOW = "allow";

  /** What a patch is tried on before it is known what it will change. */
  private static final ObjectNode ANY =
      JsonNodeFactory.instance.objectNode().put(BASE_URL, "https://target.invalid");

  private TargetJson() {}

  /**
   * The target after a body.
   *
   * @param present null for none
   * @param body takes what is wrong
   */
  public static @Nullable ObjectNode over(
      @Nullable ObjectNode present, JsonFields body, boolean allowsHttp) {
    if (!body.has(MEMBER)) {
      return present;
    }
    if (!(body.find(MEMBER) instanceof ObjectNode given)) {
      return null;
    }
    ObjectNode merged = MergePatch.over(present, given);
    String url = merged.path(BASE_URL).asText("").toLowerCase(Locale.ROOT);
    if (url.startsWith("http:") && !allowsHttp) {
      body.faultAt(at(BASE_URL), "must be an https URL, as the relay is not allowed http");
    }
    noteFaults(merged, body);
    return merged;
  }

  /** Notes all that is wrong: what is found first is put right, and the target looked at again. */
  private static void noteFaults(ObjectNode target, JsonFields body) {
    ObjectNode rest = target.deepCopy();
    while (true) {
      try {
        var _ = RelayTarget.of(rest);
        return;
      } catch (RelayTarget.UnfitTargetException e) {
        body.faultAt("/" + MEMBER + e.member(), String.valueOf(e.getMessage()));
        mend(rest, JsonPointer.compile(e.member()));
      }
    }
  }

  private static void mend(ObjectNode target, JsonPointer member) {
    String name = member.getMatchingProperty();
    if (name.equals(BASE_URL)) {
      target.set(BASE_URL, ANY.get(BASE_URL));
    } else if (name.equals(ALLOW) && target.get(ALLOW) instanceof ArrayNode rules) {
      rules.set(
          member.tail().getMatchingIndex(), JsonNodeFactory.instance.objectNode().put("path", "/"));
    } else {
      target.remove(name);
    }
  }

  /** Notes what is wrong with the target of a patch, whatever it is a patch of. */
  static void check(JsonFields body, boolean allowsHttp) {
    var _ = over(ANY, body, allowsHttp);
  }

  private static String at(String member) {
    return "/" + MEMBER + "/" + member;
  }

  /** With what holds where the target says nothing. */
  public static JsonNode shown(@Nullable ObjectNode target) {
    if (target == null) {
      return NullNode.instance;
    }
    boolean inQuery = target.has(QUERY_PARAMETER);
    ObjectNode json = JsonNodeFactory.instance.objectNode();
    json.put(BASE_URL, target.path(BASE_URL).asText());
    json.put(HEADER, inQuery ? null : target.path(HEADER).asText(RelayTarget.DEFAULT_HEADER));
    json.put(PREFIX, inQuery ? null : target.path(PREFIX).asText(RelayTarget.DEFAULT_PREFIX));
    json.put(QUERY_PARAMETER, target.path(QUERY_PARAMETER).textValue());
    json.set(ALLOW, target.get(ALLOW) instanceof ArrayNode rules ? shown(rules) : null);
    return json;
  }

  // jsonb keeps no order of members
  private static ArrayNode shown(ArrayNode rules) {
    ArrayNode shown = JsonNodeFactory.instance.arrayNode();
    for (JsonNode rule : rules) {
      ObjectNode json = shown.addObject();
      json.set("methods", rule.hasNonNull("methods") ? rule.path("methods") : null);
      json.put("path", rule.path("path").asText());
    }
    return shown;
  }
}
