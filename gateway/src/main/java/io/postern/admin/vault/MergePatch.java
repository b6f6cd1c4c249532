package io.postern.admin.vault;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A merge patch of an object without objects in it (RFC 7396). */
final class MergePatch {
  private MergePatch() {}

  /** A new object: the present one, null for none, with what the patch says. */
  static ObjectNode over(@Nullable ObjectNode present, ObjectNode patch) {
    ObjectNode merged =
        present == null ? JsonNodeFactory.instance.objectNode() : present.deepCopy();
    for (Map.Entry<String, JsonNode> member : patch.properties()) {
      if (member.getValue().isNull()) {
        merged.remove(member.getKey());
      } else {
        merged.set(member.getKey(), member.getValue());
      }
    }
    return merged;
  }
}
