package io.postern.store.keys;

import io.postern.setting.SettingException;
import io.postern.setting.Settings;
import java.time.Duration;
import picocli.CommandLine.Option;

/** How the keys that sign access tokens change. */
public final class SigningKeyOptions {
  private static final Duration SHORTEST_LIFETIME = Duration.ofHours(1);
  private static final Duration LONGEST_LIFETIME = Duration.ofDays(3650);

  @Option(
      names = "--signing-key-lifetime",
      paramLabel = "DURATION",
      defaultValue = "P90D",
      description =
          "How long a key signs access tokens before the next one is made; PT0S for ever. Default:"
              + " ${DEFAULT-VALUE}")
  Duration lifetime = Duration.ofDays(90);

  @Option(
      names = "--jwks-max-age",
      paramLabel = "DURATION",
      defaultValue = "PT5M",
      description =
          "How long verifiers may keep the published keys, and so how long a new key is published"
              + " before it signs. Default: ${DEFAULT-VALUE}")
  Duration jwksMaxAge = Duration.ofMinutes(5);

  /**
   * The settings, checked.
   *
   * @throws SettingException naming the first bad one
   */
  public SigningKeySettings settings() {
    Settings.check(
        "POSTERN_SIGNING_KEY_LIFETIME",
        lifetime.isZero()
            || (lifetime.compareTo(SHORTEST_LIFETIME) >= 0
                && lifetime.compareTo(LONGEST_LIFETIME) <= 0),
        lifetime + " is neither PT0S nor from PT1H to P3650D");
    Settings.checkBetween(
        "POSTERN_JWKS_MAX_AGE", jwksMaxAge, Duration.ofSeconds(1), Duration.ofDays(1));
    return new SigningKeySettings(jwksMaxAge, SigningKeyRotation.Intervals.of(lifetime));
  }
}
