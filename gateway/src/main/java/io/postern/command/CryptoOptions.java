package io.postern.command;

import io.postern.crypto.CryptoProvider;
import io.postern.setting.SettingException;
import io.postern.setting.Settings;
import picocli.CommandLine.Option;

/** What signs and verifies. Here, as {@code crypto} is pure and knows no options. */
final class CryptoOptions {
  @Option(
      names = "--crypto-provider",
      paramLabel = "PROVIDER",
      defaultValue = "auto",
      description =
          "What signs and verifies: accp, bouncycastle or jdk; auto takes the first of these that"
              + " loads. Default: ${DEFAULT-VALUE}")
  CryptoProvider.Choice choice = CryptoProvider.Choice.AUTO;

  /**
   * Loads the provider if one is asked for; which of them is taken otherwise can wait.
   *
   * @throws SettingException when it does not load
   */
  void check() {
    if (choice != CryptoProvider.Choice.AUTO) {
      var _ = provider();
    }
  }

  /**
   * The provider, loaded.
   *
   * @throws SettingException when the one that is asked for does not load
   */
  CryptoProvider provider() {
    return Settings.parse("POSTERN_CRYPTO_PROVIDER", choice, CryptoProvider::choose);
  }
}
