package io.postern.admin.vault;

import io.postern.setting.SettingException;
import io.postern.setting.Settings;
import picocli.CommandLine.Option;

/** How many hosted credentials may exist. */
public final class CredentialLimitOptions {
  @Option(
      names = "--credential-limit",
      paramLabel = "COUNT",
      defaultValue = "10000",
      description = "The most hosted credentials that may exist. Default: ${DEFAULT-VALUE}")
  int limit;

  /**
   * The settings, checked.
   *
   * @throws SettingException when the limit is below 0
   */
  public CredentialLimit settings() {
    Settings.check("POSTERN_CREDENTIAL_LIMIT", limit >= 0, limit + " is not 0 or more");
    return new CredentialLimit(limit);
  }
}
