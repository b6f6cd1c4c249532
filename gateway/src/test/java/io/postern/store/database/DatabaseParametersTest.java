package io.postern.store.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.vertx.pgclient.SslMode;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatabaseParametersTest {

  @Test
  void none_isPlaintextAndFiveSeconds() {
    DatabaseParameters parameters = DatabaseParameters.parse(Map.of());
    assertThat(parameters.tls().mode()).isEqualTo(SslMode.DISABLE);
    assertThat(parameters.connectTimeout()).isEqualTo(Duration.ofSeconds(5));
    assertThat(parameters.applicationName()).isEqualTo("postern");
  }

  @ParameterizedTest
  @CsvSource({
    "ssl, true",
    "sslmode, allow",
    "sslmode, verify-full",
    "application_name, tokens",
    "connect_timeout, 1",
    "target_session_attrs, any",
    "target_session_attrs, read-write",
    "target_session_attrs, primary",
    "options, -c search_path=x",
    "channel_binding, prefer",
    "gssencmode, disable",
    "client_encoding, UTF8"
  })
  void known_isTaken(String name, String value) {
    assertThatCode(() -> DatabaseParameters.parse(Map.of(name, value))).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @CsvSource({
    "sslmod, require, 'there are application_name'",
    "SSLMODE, require, 'there are application_name'",
    "ssl, false, sslmode=require",
    "sslmode, required, verify-full",
    "channel_binding, require, sslmode=verify-full",
    "gssencmode, require, take disable or prefer",
    "target_session_attrs, standby, read-write",
    "connect_timeout, 0, 1 to 60",
    "connect_timeout, 61, 1 to 60",
    "connect_timeout, 5s, 1 to 60",
    "search_path, x, POSTERN_DATABASE_SCHEMA",
    "currentSchema, x, POSTERN_DATABASE_SCHEMA",
    "host, /var/run, there are application_name",
    "sslrootcert, /no/such/file, cannot be read",
    "sslrootcert, system, verify-full"
  })
  void other_isNamed_withWhatWouldBeRight(String name, String value, String help) {
    assertThatThrownBy(() -> DatabaseParameters.parse(Map.of(name, value)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(name)
        .hasMessageContaining(help);
  }

  @Test
  void ssl_isRequire() {
    assertThat(DatabaseParameters.parse(Map.of("ssl", "true")).tls().mode())
        .isEqualTo(SslMode.REQUIRE);
  }
}
