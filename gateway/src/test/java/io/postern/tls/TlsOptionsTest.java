package io.postern.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postern.setting.SettingException;
import io.postern.testing.TestAuthority;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TlsOptionsTest {
  private static final TestAuthority AUTHORITY = TestAuthority.create();

  @TempDir Path directory;
  private final TlsOptions options = new TlsOptions();
  private Path certificate;
  private Path key;

  @BeforeEach
  void write() {
    certificate = directory.resolve("tls.crt");
    key = directory.resolve("tls.key");
    AUTHORITY.issue("EC").write(certificate, key);
  }

  private void assertRefused(String... words) {
    assertThatThrownBy(options::settings)
        .isInstanceOf(SettingException.class)
        .hasMessageContainingAll(words)
        .hasMessageNotContaining("\n");
  }

  @Test
  void nothing_isPlainHttp() {
    assertThat(options.settings()).isEqualTo(TlsSettings.NONE);
  }

  @Test
  void oneWithoutTheOther_isRefused() {
    options.certFile = certificate;
    assertRefused("POSTERN_TLS_KEY_FILE (--tls-key-file): it is required");
    options.certFile = null;
    options.keyFile = key;
    assertRefused("POSTERN_TLS_CERT_FILE (--tls-cert-file): it is required");
    options.keyFile = null;
    options.managementClientCaFile = certificate;
    assertRefused(
        "POSTERN_MANAGEMENT_TLS_CERT_FILE", "required with POSTERN_MANAGEMENT_TLS_CLIENT_CA_FILE");
  }

  @Test
  void listeners_areSetEachByItself() {
    options.managementCertFile = certificate;
    options.managementKeyFile = key;
    options.managementClientCaFile = AUTHORITY.writeRoot(directory.resolve("ca.crt"));

    assertThat(options.settings().http()).isNull();
    assertThat(options.settings().management()).isNotNull();
  }

  @Test
  void unfitFile_isToldByTheNameOfItsSetting() throws IOException {
    options.certFile = certificate;
    options.keyFile = key;
    AUTHORITY.issue("RSA").write(directory.resolve("other.crt"), key);
    assertRefused("POSTERN_TLS_KEY_FILE", key + " is not the key of");
    Files.writeString(certificate, "nothing");
    assertRefused("POSTERN_TLS_CERT_FILE", certificate + " has no certificate");
  }
}
