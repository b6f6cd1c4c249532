package io.postern.command;

import io.postern.crypto.MasterKeys;
import io.postern.setting.Secrets;
import io.postern.setting.SettingException;
import io.postern.setting.Settings;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The master keys. */
final class MasterKeyOptions {
  @Option(
      names = "--master-key",
      paramLabel = "KEYS",
      description =
          "Base64 of 32 bytes, as from: openssl rand -base64 32. Several may be given, separated"
              + " by commas: the first wraps, all unwrap. Required.")
  @Nullable String masterKey;

  @Option(names = "--master-key-file", paramLabel = "FILE", description = "The file that holds it.")
  @Nullable Path masterKeyFile;

  /**
   * The master keys.
   *
   * @throws SettingException when they are missing or malformed
   */
  MasterKeys masterKeys() {
    String key =
        Secrets.require(
            "POSTERN_MASTER_KEY", masterKey, masterKeyFile, "openssl rand -base64 32 makes one");
    return Settings.parse("POSTERN_MASTER_KEY", key, MasterKeys::parse);
  }
}
