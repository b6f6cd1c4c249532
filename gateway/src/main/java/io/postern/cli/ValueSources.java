package io.postern.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.setting.InputFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads the values of hosted credentials from where {@code value_from} says, on this machine: a
 * variable of the environment, or a file. No message holds a value.
 */
public final class ValueSources {
  private static final int MAX_BYTES = 64 * 1024;
  private static final Set<String> MEMBERS = Set.of("env", "file", "optional");

  private final Map<String, String> environment;
  private final List<String> faults = new ArrayList<>();
  private final List<String> kept = new ArrayList<>();

  /**
   * @param environment the variables that there are
   */
  public ValueSources(Map<String, String> environment) {
    this.environment = environment;
  }

  /** Why a value cannot be had. */
  private static final class MissingValueException extends Exception {
    private static final long serialVersionUID = 1;

    MissingValueException(String message) {
      super(message);
    }
  }

  /** What is wrong, each with its file and credential. */
  List<String> faults() {
    return List.copyOf(faults);
  }

  /** Which optional values were not there, so that what there is stays. */
  List<String> kept() {
    return List.copyOf(kept);
  }

  /**
   * The credential as the gateway takes it: with its value in place of where that is.
   *
   * @param source what it stands in
   * @param folder that names of files are relative to
   */
  JsonNode resolve(String source, Path folder, JsonNode credential) {
    if (!(credential instanceof ObjectNode object)
        || !(object.has("value_from") || object.has("value"))) {
      return credential;
    }
    ObjectNode resolved = object.deepCopy();
    JsonNode from = resolved.remove("value_from");
    String place =
        source + ", credential " + object.path("identifier").asText("without identifier");
    if (object.has("value")) {
      faults.add(
          place
              + ": a value does not stand in a topology; say where it is: value_from: {env: NAME}");
    } else if (from != null && !from.isNull()) {
      try {
        String value = find(from, folder);
        if (value == null) {
          kept.add(place + ": " + missing(from) + "; it keeps the value that it has");
        } else {
          resolved.put("value", value);
        }
      } catch (MissingValueException e) {
        faults.add(place + ": " + e.getMessage());
      }
    }
    return resolved;
  }

  private @Nullable String find(JsonNode from, Path folder) throws MissingValueException {
    requireForm(from);
    String value =
        from.has("env")
            ? environment.get(from.path("env").asText())
            : read(from.path("file").asText(), folder);
    if (value == null) {
      if (from.path("optional").asBoolean()) {
        return null;
      }
      throw new MissingValueException(missing(from));
    }
    String stripped = value.strip();
    if (stripped.isEmpty()) {
      throw new MissingValueException(name(from) + " is empty");
    }
    return stripped;
  }

  private static void requireForm(JsonNode from) throws MissingValueException {
    boolean fits =
        from.isObject()
            && from.has("env") != from.has("file")
            && !from.path(from.has("env") ? "env" : "file").asText().isEmpty()
            && from.path(from.has("env") ? "env" : "file").isTextual()
            && (!from.has("optional") || from.path("optional").isBoolean());
    for (Map.Entry<String, JsonNode> member : from.properties()) {
      fits &= MEMBERS.contains(member.getKey());
    }
    if (!fits) {
      throw new MissingValueException(
          "value_from is {env: NAME} or {file: PATH}, with optional: true if there need be none");
    }
  }

  private static @Nullable String read(String name, Path folder) throws MissingValueException {
    Path file;
    try {
      file = folder.resolve(name).toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw new MissingValueException("value_from names no file");
    }
    try (InputStream content = Files.newInputStream(file)) {
      byte[] bytes = content.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        throw new MissingValueException(file + " has more than " + MAX_BYTES + " bytes");
      }
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (NoSuchFileException e) {
      return null;
    } catch (IOException e) {
      throw new MissingValueException(InputFile.unreadable(file, e));
    }
  }

  private static String missing(JsonNode from) {
    return name(from) + (from.has("env") ? " is not set" : " is not there");
  }

  private static String name(JsonNode from) {
    return from.has("env")
        ? "the variable " + from.path("env").asText()
        : "the file " + from.path("file").asText();
  }
}
