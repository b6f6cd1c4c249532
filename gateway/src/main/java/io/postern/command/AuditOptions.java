package io.postern.command;

import io.postern.GatewaySettings;
import java.time.Duration;
import picocli.CommandLine.Option;

/** What becomes of the audit. */
final class AuditOptions {
  private static final Duration SHORTEST = Duration.ofDays(1);

  @Option(
      names = "--audit-retention",
      paramLabel = "DURATION",
      defaultValue = "P365D",
      description =
          "How long the events of the audit are kept; PT0S for ever. Default: ${DEFAULT-VALUE}")
  Duration retention = Duration.ofDays(365);

  /**
   * The settings, checked.
   *
   * @throws SettingException when they are not good
   */
  GatewaySettings.Audit audit() {
    if (!retention.isZero() && retention.compareTo(SHORTEST) < 0) {
      throw new SettingException(
          "POSTERN_AUDIT_RETENTION", retention + " is neither PT0S nor P1D or more");
    }
    return new GatewaySettings.Audit(retention);
  }
}
