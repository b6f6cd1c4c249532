package io.postern.admin.registry;

import io.postern.setting.SettingException;
import io.postern.setting.Settings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How many applications may exist. */
public final class LicenseOptions {
  @Option(
      names = "--license-limit",
      paramLabel = "COUNT",
      description = "The most applications that may exist. Default: none")
  @Nullable Integer limit;

  /**
   * The settings, checked.
   *
   * @throws SettingException when the limit is below 1
   */
  public License settings() {
    Settings.check(
        "POSTERN_LICENSE_LIMIT", limit == null || limit >= 1, limit + " is not 1 or more");
    return new License(limit);
  }
}
