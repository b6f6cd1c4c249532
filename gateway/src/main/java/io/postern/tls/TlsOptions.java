package io.postern.tls;

import io.postern.setting.SettingException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Certificates and keys of the listeners. */
public final class TlsOptions {
  private static final String HTTP = "POSTERN_TLS";
  private static final String MANAGEMENT = "POSTERN_MANAGEMENT_TLS";

  @Option(
      names = "--tls-cert-file",
      paramLabel = "FILE",
      description =
          "The public listener's certificate and those that vouch for it, in PEM; makes it speak"
              + " TLS. Read again when it changes.")
  @Nullable Path certFile;

  @Option(
      names = "--tls-key-file",
      paramLabel = "FILE",
      description = "Its private key, RSA or EC, in PEM.")
  @Nullable Path keyFile;

  @Option(
      names = "--management-tls-cert-file",
      paramLabel = "FILE",
      description = "The same for the management listener.")
  @Nullable Path managementCertFile;

  @Option(
      names = "--management-tls-key-file",
      paramLabel = "FILE",
      description = "Its private key.")
  @Nullable Path managementKeyFile;

  @Option(
      names = "--management-tls-client-ca-file",
      paramLabel = "FILE",
      description =
          "Roots of client certificates, in PEM; makes the management listener answer nothing but"
              + " /health without one.")
  @Nullable Path managementClientCaFile;

  /**
   * The settings; the files have been read once.
   *
   * @throws SettingException when one is without the other, or a file cannot be used
   */
  public TlsSettings settings() {
    return new TlsSettings(
        files(HTTP, certFile, keyFile, null),
        files(MANAGEMENT, managementCertFile, managementKeyFile, managementClientCaFile));
  }

  private static @Nullable TlsFiles files(
      String prefix, @Nullable Path certificates, @Nullable Path key, @Nullable Path authorities) {
    if (certificates == null && key == null && authorities == null) {
      return null;
    }
    String certificatesSetting = prefix + "_CERT_FILE";
    String keySetting = prefix + "_KEY_FILE";
    String authoritiesSetting = prefix + "_CLIENT_CA_FILE";
    if (certificates == null) {
      throw missing(certificatesSetting, key == null ? authoritiesSetting : keySetting);
    }
    if (key == null) {
      throw missing(keySetting, certificatesSetting);
    }
    TlsFiles files = new TlsFiles(certificates, key, authorities);
    try {
      TlsMaterial.read(files);
    } catch (UnfitTlsFileException e) {
      String setting =
          switch (e.role()) {
            case CERTIFICATES -> certificatesSetting;
            case PRIVATE_KEY -> keySetting;
            case CLIENT_AUTHORITIES -> authoritiesSetting;
          };
      throw new SettingException(setting, String.valueOf(e.getMessage()));
    }
    return files;
  }

  private static SettingException missing(String setting, String other) {
    return new SettingException(setting, "it is required with " + other);
  }
}
