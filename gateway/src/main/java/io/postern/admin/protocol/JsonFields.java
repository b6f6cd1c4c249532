package io.postern.admin.protocol;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A JSON object that has been held against the contract, whose members are read one by one. What
 * the contract cannot say is checked meanwhile, and everything that is wrong is said when {@link
 * #finish} ends the reading; what is read before is then not used.
 *
 * <p>A member that is null counts as omitted, except where a patch removes it.
 */
public final class JsonFields {
  private final ObjectNode object;
  private final String pointer;

  private final Faults faults;

  /**
   * An object, perhaps within a larger body.
   *
   * @param pointer to it (RFC 6901)
   * @param faults what the contract finds wrong; takes what is wrong besides
   */
  public JsonFields(ObjectNode object, String pointer, Faults faults) {
    this.object = object;
    this.pointer = pointer;
    this.faults = faults;
  }

  /** Whether the member stands there, even as null. */
  public boolean has(String member) {
    return object.has(member);
  }

  /** The member as it stands there; null when it is omitted or null. */
  public @Nullable JsonNode find(String member) {
    JsonNode node = object.get(member);
    return node == null || node.isNull() ? null : node;
  }

  public @Nullable String findText(String member) {
    return object.path(member).textValue();
  }

  /** The text of a member that the contract requires. */
  public String requireText(String member) {
    String text = findText(member);
    return text == null ? "" : text;
  }

  public @Nullable Integer findInteger(String member) {
    JsonNode node = object.path(member);
    return node.isNumber() ? node.intValue() : null;
  }

  public Patched<String> patchedText(String member) {
    return new Patched<>(has(member), findText(member));
  }

  public Patched<Integer> patchedInteger(String member) {
    return new Patched<>(has(member), findInteger(member));
  }

  /** Whether the member is true; it need not be there. */
  public boolean flag(String member) {
    return object.path(member).booleanValue();
  }

  /** A time after the given one, or null. */
  public @Nullable Instant findTimeAfter(String member, Instant now) {
    String text = findText(member);
    if (text == null) {
      return null;
    }
    Instant time = Rfc3339.find(text);
    if (time == null) {
      fault(member, "must be an RFC 3339 time such as 2030-01-31T12:00:00Z");
    } else if (!time.isAfter(now)) {
      fault(member, "must not be in the past");
    }
    return time;
  }

  /** The same of a patch. */
  public Patched<Instant> patchedTimeAfter(String member, Instant now) {
    return new Patched<>(has(member), findTimeAfter(member, now));
  }

  public @Nullable JsonFields findObject(String member) {
    return child(object.path(member), pointerTo(member));
  }

  /** The elements of an array of texts, each of which may stand there once. */
  public List<String> texts(String member) {
    Set<String> texts = new HashSet<>();
    List<String> inOrder = new ArrayList<>();
    for (int i = 0; i < object.path(member).size(); i++) {
      String text = object.path(member).path(i).textValue();
      if (text != null && !texts.add(text)) {
        faults.add(pointerTo(member) + "/" + i, "stands there twice");
      } else if (text != null) {
        inOrder.add(text);
      }
    }
    return inOrder;
  }

  /** The elements of an array of objects; none when it is omitted. */
  public List<JsonFields> objects(String member) {
    List<JsonFields> objects = new ArrayList<>();
    for (int i = 0; i < object.path(member).size(); i++) {
      JsonFields child = child(object.path(member).path(i), pointerTo(member) + "/" + i);
      if (child != null) {
        objects.add(child);
      }
    }
    return objects;
  }

  /** Notes that a member is wrong. */
  public void fault(String member, String detail) {
    faults.add(pointerTo(member), detail);
  }

  /**
   * Notes that something within a member is wrong.
   *
   * @param below the pointer to it from this object
   */
  public void faultAt(String below, String detail) {
    faults.add(pointer + below, detail);
  }

  /** Notes that the object as a whole is wrong. */
  public void fault(String detail) {
    faults.add(pointer, detail);
  }

  /**
   * Ends the reading.
   *
   * @throws ProblemException when anything was wrong
   */
  public void finish() {
    faults.check();
  }

  private @Nullable JsonFields child(JsonNode node, String childPointer) {
    return node instanceof ObjectNode child ? new JsonFields(child, childPointer, faults) : null;
  }

  private String pointerTo(String member) {
    return pointer(pointer, member);
  }

  /** The pointer to a member (RFC 6901 §3: ~ and / are escaped). */
  public static String pointer(String owner, String member) {
    return owner + "/" + member.replace("~", "~0").replace("/", "~1");
  }
}
