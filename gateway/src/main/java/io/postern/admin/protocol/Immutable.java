package io.postern.admin.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Members that a patch may repeat, so that what was read can be sent back, but not change. */
public final class Immutable {
  private final Map<String, JsonNode> given = new LinkedHashMap<>();

  /** Takes them out of a patch. */
  public Immutable(JsonFields patch, List<String> members) {
    for (String member : members) {
      if (patch.has(member)) {
        JsonNode node = patch.find(member);
        given.put(member, node == null ? NullNode.instance : node);
      }
    }
  }

  /**
   * Holds them against the resource as it is shown.
   *
   * @throws ProblemException 409 when one differs
   */
  public void check(ObjectNode shown) {
    List<Fault> faults = new ArrayList<>();
    given.forEach(
        (member, node) -> {
          if (!node.equals(shown.path(member))) {
            faults.add(Fault.at("/" + member, "is immutable"));
          }
        });
    if (!faults.isEmpty()) {
      throw Problem.conflict("immutable", "An immutable member would change; see errors.")
          .with(faults)
          .exception();
    }
  }
}
