package io.postern.setting;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Settings that are secret: given themselves, or in a file. */
public final class Secrets {
  private Secrets() {}

  /**
   * The setting's value, or null when it is not set.
   *
   * @throws SettingException when both are given, the file cannot be read, or the value is blank
   */
  public static @Nullable String find(String setting, @Nullable String value, @Nullable Path file) {
    if (value != null && file != null) {
      throw new SettingException(setting, "it is set, and " + setting + "_FILE too; set one");
    }
    String found = file == null ? value : read(setting + "_FILE", file);
    if (found != null && found.isBlank()) {
      throw new SettingException(setting, "it is blank");
    }
    return found;
  }

  /** The setting's value; as {@link #find}, and not set is an error. */
  public static String require(
      String setting, @Nullable String value, @Nullable Path file, String example) {
    String found = find(setting, value, file);
    if (found == null) {
      throw new SettingException(setting, "it is required: " + example);
    }
    return found;
  }

  private static String read(String setting, Path file) {
    try {
      return InputFile.read(file);
    } catch (IOException e) {
      throw new SettingException(setting, InputFile.unreadable(file, e));
    }
  }
}
