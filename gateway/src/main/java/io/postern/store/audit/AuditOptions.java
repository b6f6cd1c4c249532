package io.postern.store.audit;

import io.postern.setting.SettingException;
import java.time.Duration;
import picocli.CommandLine.Option;

/** What becomes of the audit. */
public final class AuditOptions {
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
  public AuditSettings settings() {
    if (!retention.isZero() && retention.compareTo(SHORTEST) < 0) {
      throw new SettingException(
          "POSTERN_AUDIT_RETENTION", retention + " is neither PT0S nor P1D or more");
    }
    return new AuditSettings(retention);
  }
}
