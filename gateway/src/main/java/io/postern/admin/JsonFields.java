package io.postern.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object whose members are read one by one. What is wrong is collected, and all of it is
 * said when {@link #finish} ends the reading; what is read in between is then not used.
 *
 * <p>A member that is null counts as omitted, except where a patch removes it.
 */
final class JsonFields {
  private final ObjectNode object;
  private final String pointer;
  private final List<Fault> faults;
  private final Set<String> known = new HashSet<>();
  private final List<JsonFields> children = new ArrayList<>();

  JsonFields(ObjectNode object) {
    this(object, "", new ArrayList<>());
  }

  /**
   * An element of a larger body.
   *
   * @param pointer to it (RFC 6901)
   * @param faults takes what is wrong; {@link #findUnknown} then stands for {@link #finish}
   */
  static JsonFields at(ObjectNode element, String pointer, List<Fault> faults) {
    return new JsonFields(element, pointer, faults);
  }

  private JsonFields(ObjectNode object, String pointer, List<Fault> faults) {
    this.object = object;
    this.pointer = pointer;
    this.faults = faults;
  }

  /** Whether the member stands there, even as null. */
  boolean has(String member) {
    known.add(member);
    return object.has(member);
  }

  @Nullable String optionalText(String member, TextRule rule) {
    JsonNode node = find(member);
    return node == null ? null : text(node, pointerTo(member), rule);
  }

  /** The member's text; what it answers for a missing one is not to be used. */
  String requiredText(String member, TextRule rule) {
    String text = optionalText(member, rule);
    if (find(member) == null) {
      fault(member, "is required");
    }
    return text == null ? "" : text;
  }

  /** A member of a patch that may be changed but not removed; null when it stays. */
  @Nullable String irremovableText(String member, TextRule rule) {
    if (has(member) && object.path(member).isNull()) {
      fault(member, "cannot be removed");
    }
    return optionalText(member, rule);
  }

  Patched<String> patchedText(String member, TextRule rule) {
    return new Patched<>(has(member), optionalText(member, rule));
  }

  Patched<Integer> patchedInteger(String member, int least, int most) {
    return new Patched<>(has(member), optionalInteger(member, least, most));
  }

  @Nullable Integer optionalInteger(String member, int least, int most) {
    JsonNode node = find(member);
    if (node == null) {
      return null;
    }
    if (!node.isIntegralNumber()
        || !node.canConvertToInt()
        || node.intValue() < least
        || node.intValue() > most) {
      fault(member, "must be a whole number from %d to %d".formatted(least, most));
      return null;
    }
    return node.intValue();
  }

  /** Whether the member is true; it need not be there. */
  boolean optionalFlag(String member) {
    JsonNode node = find(member);
    if (node != null && !node.isBoolean()) {
      fault(member, "must be true or false");
    }
    return node != null && node.asBoolean();
  }

  /** A time after the given one, or null. */
  @Nullable Instant optionalTimeAfter(String member, Instant now) {
    JsonNode node = find(member);
    if (node == null) {
      return null;
    }
    Instant time = node.isTextual() ? Rfc3339.find(node.textValue()) : null;
    if (time == null) {
      fault(member, "must be an RFC 3339 time such as 2030-01-31T12:00:00Z");
    } else if (!time.isAfter(now)) {
      fault(member, "must not be in the past");
    }
    return time;
  }

  @Nullable JsonFields optionalObject(String member) {
    JsonNode node = find(member);
    return node == null ? null : child(node, pointerTo(member));
  }

  /** The elements of an array of texts, without those that are wrong. */
  List<String> requiredTexts(String member, TextRule rule, int most) {
    List<String> texts = new ArrayList<>();
    for (Element element : elements(member, true, most)) {
      String text = text(element.node, element.pointer, rule);
      if (text != null && texts.contains(text)) {
        faults.add(Fault.at(element.pointer, "stands there twice"));
      } else if (text != null) {
        texts.add(text);
      }
    }
    return texts;
  }

  /** The elements of an array of objects, without those that are none. */
  List<JsonFields> optionalObjects(String member, int most) {
    List<JsonFields> objects = new ArrayList<>();
    for (Element element : elements(member, false, most)) {
      JsonFields child = child(element.node, element.pointer);
      if (child != null) {
        objects.add(child);
      }
    }
    return objects;
  }

  /** Notes that a member is wrong. */
  void fault(String member, String detail) {
    faults.add(Fault.at(pointerTo(member), detail));
  }

  /** Notes that the object as a whole is wrong. */
  void fault(String detail) {
    faults.add(Fault.at(pointer, detail));
  }

  /** The member as it stands there; null when it is omitted or null. */
  @Nullable JsonNode find(String member) {
    known.add(member);
    JsonNode node = object.get(member);
    return node == null || node.isNull() ? null : node;
  }

  /** Leaves the members that nobody has asked for to others, who know what to ignore. */
  void allowOthers() {
    object.fieldNames().forEachRemaining(known::add);
  }

  /**
   * Ends the reading.
   *
   * @throws ProblemException when anything was wrong; a member that nobody has read is, too
   */
  void finish() {
    findUnknown();
    if (!faults.isEmpty()) {
      throw Problem.invalid(faults).exception();
    }
  }

  /** Notes the members that nobody has read. */
  void findUnknown() {
    for (String member : (Iterable<String>) object::fieldNames) {
      if (!known.contains(member)) {
        fault(member, "is unknown");
      }
    }
    children.forEach(JsonFields::findUnknown);
  }

  private record Element(JsonNode node, String pointer) {}

  private List<Element> elements(String member, boolean required, int most) {
    JsonNode node = find(member);
    if (node == null) {
      if (required) {
        fault(member, "is required");
      }
      return List.of();
    }
    if (!(node instanceof ArrayNode array)) {
      fault(member, "must be an array");
      return List.of();
    }
    if (array.size() > most || (required && array.isEmpty())) {
      fault(member, "must have %d to %d elements".formatted(required ? 1 : 0, most));
      return List.of();
    }
    List<Element> elements = new ArrayList<>();
    for (int i = 0; i < array.size(); i++) {
      elements.add(new Element(array.get(i), pointerTo(member) + "/" + i));
    }
    return elements;
  }

  private @Nullable JsonFields child(JsonNode node, String childPointer) {
    if (!(node instanceof ObjectNode childObject)) {
      faults.add(Fault.at(childPointer, "must be an object"));
      return null;
    }
    JsonFields child = new JsonFields(childObject, childPointer, faults);
    children.add(child);
    return child;
  }

  private @Nullable String text(JsonNode node, String textPointer, TextRule rule) {
    if (!node.isTextual() || !rule.accepts().test(node.textValue())) {
      faults.add(Fault.at(textPointer, rule.demand()));
      return null;
    }
    return node.textValue();
  }

  private String pointerTo(String member) {
    return pointer(pointer, member);
  }

  /** The pointer to a member (RFC 6901 §3: ~ and / are escaped). */
  static String pointer(String owner, String member) {
    return owner + "/" + member.replace("~", "~0").replace("/", "~1");
  }
}
