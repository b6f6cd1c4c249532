package io.postern.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postern.relay.RelayOptions;
import io.postern.relay.RelaySettings;
import io.postern.setting.SettingException;
import io.postern.testing.TestAuthority;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

class RelayOptionsTest {
  @TempDir private Path directory;

  @Command(name = "probe")
  private static final class Probe {
    @Mixin private RelayOptions options;
  }

  private static RelayOptions options(Map<String, String> environment) {
    Probe probe = new Probe();
    CommandLine command = new CommandLine(probe);
    command.setDefaultValueProvider(new Environment(environment));
    command.parseArgs();
    return probe.options;
  }

  private static boolean allows(RelaySettings settings, String address) {
    return settings.addresses().allows(InetAddress.ofLiteral(address));
  }

  @Test
  void nothing_isPublicTargetsByTlsAlone() {
    RelaySettings settings = options(Map.of()).settings();
    assertThat(settings.deadlines()).isEqualTo(RelaySettings.DEFAULT.deadlines());
    assertThat(settings.deadlines())
        .isEqualTo(
            new RelaySettings.Deadlines(
                Duration.ofSeconds(5), Duration.ofMinutes(1), Duration.ofMinutes(1)));
    assertThat(settings.maxRequests()).isEqualTo(10_000);
    assertThat(settings.maxConnections()).isEqualTo(256);
    assertThat(settings.allowHttp()).isFalse();
    assertThat(settings.authorities()).isEmpty();
    assertThat(allows(settings, "127.0.0.1")).isFalse();
  }

  @Test
  void each_isAVariable() {
    Path roots = TestAuthority.create().writeRoot(directory.resolve("roots.pem"));
    RelaySettings settings =
        options(
                Map.of(
                    "POSTERN_RELAY_CONNECT_TIMEOUT", "PT1S",
                    "POSTERN_RELAY_FIRST_BYTE_TIMEOUT", "PT10M",
                    "POSTERN_RELAY_IDLE_TIMEOUT", "PT2M",
                    "POSTERN_RELAY_MAX_REQUESTS", "5",
                    "POSTERN_RELAY_MAX_CONNECTIONS", "6",
                    "POSTERN_RELAY_NETWORKS", "10.1.0.0/16, fd00:1::/32",
                    "POSTERN_RELAY_ALLOW_HTTP", "true",
                    "POSTERN_RELAY_TLS_CA_FILE", roots.toString()))
            .settings();
    assertThat(settings.deadlines())
        .isEqualTo(
            new RelaySettings.Deadlines(
                Duration.ofSeconds(1), Duration.ofMinutes(10), Duration.ofMinutes(2)));
    assertThat(settings.maxRequests()).isEqualTo(5);
    assertThat(settings.maxConnections()).isEqualTo(6);
    assertThat(settings.allowHttp()).isTrue();
    assertThat(settings.authorities()).hasSize(1);
    assertThat(allows(settings, "10.1.2.3")).isTrue();
    assertThat(allows(settings, "fd00:1::9")).isTrue();
    assertThat(allows(settings, "10.2.0.1")).isFalse();
  }

  @Test
  void development_isOnThisMachine() {
    RelayOptions options = options(Map.of("POSTERN_RELAY_NETWORKS", "10.1.0.0/16"));
    options.developHere();
    RelaySettings settings = options.settings();
    assertThat(settings.allowHttp()).isTrue();
    assertThat(allows(settings, "127.0.0.1")).isTrue();
    assertThat(allows(settings, "::1")).isTrue();
    assertThat(allows(settings, "10.1.0.1")).isTrue();
    assertThat(allows(settings, "192.168.0.1")).isFalse();
  }

  @ParameterizedTest
  @CsvSource({
    "POSTERN_RELAY_CONNECT_TIMEOUT,PT0S",
    "POSTERN_RELAY_FIRST_BYTE_TIMEOUT,PT2H",
    "POSTERN_RELAY_IDLE_TIMEOUT,PT-1S",
    "POSTERN_RELAY_MAX_REQUESTS,0",
    "POSTERN_RELAY_MAX_CONNECTIONS,10001",
    "POSTERN_RELAY_NETWORKS,internal.example",
    "POSTERN_RELAY_TLS_CA_FILE,/no/such/file"
  })
  void badValue_isNamed(String setting, String value) {
    assertThatThrownBy(() -> options(Map.of(setting, value)).settings())
        .isInstanceOf(SettingException.class)
        .hasMessageContainingAll(setting, value);
  }

  @Test
  void fileWithoutACertificate_isRefused() throws IOException {
    Path file = Files.writeString(directory.resolve("empty.pem"), "nothing\n");
    assertThatThrownBy(
            () -> options(Map.of("POSTERN_RELAY_TLS_CA_FILE", file.toString())).settings())
        .isInstanceOf(SettingException.class)
        .hasMessageContaining("POSTERN_RELAY_TLS_CA_FILE");
  }
}
