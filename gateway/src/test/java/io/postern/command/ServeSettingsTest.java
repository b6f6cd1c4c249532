package io.postern.command;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.testing.TestGateway;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What {@code postern serve} says of settings by which it does not start. */
class ServeSettingsTest {
  private static final String SOME_URL = "postgresql://user:the-password@127.0.0.1:1/postern";

  private record Run(int status, String err) {}

  private static Run serve(Map<String, String> environment) {
    StringWriter err = new StringWriter();
    int status =
        Postern.run(
            new String[] {"serve"},
            environment,
            command -> command.setErr(new PrintWriter(err, true)));
    return new Run(status, err.toString());
  }

  @ParameterizedTest
  @CsvSource({
    "POSTERN_HTP_PORT, 1",
    "POSTERN_HTTP_PORT, eighty",
    "POSTERN_HTTP_PORT, 70000",
    "POSTERN_MANAGEMENT_PORT, 8080",
    "POSTERN_ISSUER, not a url",
    "POSTERN_ISSUER, https://example.com?q",
    "POSTERN_ISSUER, https://example.com/a/../b",
    "POSTERN_CORS_ORIGINS, *",
    "POSTERN_CORS_ORIGINS, https://app.example.com/",
    "POSTERN_MASTER_KEY, dG9vIHNob3J0",
    "POSTERN_DATABASE_URL, mysql://user:the-password@host/db",
    "POSTERN_DATABASE_URL, postgresql://user:the-password@host/db?sslmod=require",
    "POSTERN_DATABASE_SCHEMA, pg_catalog",
    "POSTERN_MAX_STALENESS, five minutes",
    "POSTERN_FEED_RETENTION, PT59S",
    "POSTERN_AUDIT_RETENTION, PT23H",
    "POSTERN_LICENSE_LIMIT, 0",
    "POSTERN_SIGNING_KEY_LIFETIME, PT59M",
    "POSTERN_SIGNING_KEY_LIFETIME, -P1D",
    "POSTERN_JWKS_MAX_AGE, PT0S",
    "POSTERN_JWKS_MAX_AGE, P2D",
    "POSTERN_EVENT_LOOPS, 0",
    "POSTERN_REPLAY_STORE, file",
    "POSTERN_REPLAY_CAPACITY, 0",
    "POSTERN_REDIS_URL, http://user:the-password@host",
    "POSTERN_TRUSTED_PROXIES, 10.0.0.0/99",
    "POSTERN_CRYPTO_PROVIDER, openssl",
    "POSTERN_LOG_FORMAT, xml",
    "POSTERN_LOG_LEVEL, loud",
    "POSTERN_ACCESS_LOG, maybe",
    "POSTERN_OTLP_ENDPOINT, collector:4318",
    "POSTERN_TRACE_SAMPLING, 1.5",
    "POSTERN_TLS_CERT_FILE, /no/such/file",
    "POSTERN_MANAGEMENT_TLS_CLIENT_CA_FILE, /no/such/file",
    "POSTERN_BOOTSTRAP_ADMIN_SECRET_FILE, /no/such/file"
  })
  void badSetting_endsTheStart_withStatus2AndOneLine(String variable, String value) {
    Map<String, String> environment = new HashMap<>();
    environment.put("POSTERN_DATABASE_URL", SOME_URL);
    environment.put("POSTERN_MASTER_KEY", TestGateway.MASTER_KEY);
    environment.put(variable, value);
    Run run = serve(environment);
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err().lines()).hasSize(1).first().asString().contains(variable);
    assertThat(run.err())
        .doesNotContain("the-password")
        .doesNotContain("dG9vIHNob3J0")
        .doesNotContain(TestGateway.MASTER_KEY);
  }

  @ParameterizedTest
  @ValueSource(strings = {"POSTERN_DATABASE_URL", "POSTERN_MASTER_KEY"})
  void requiredSetting_isNamed(String missing) {
    Map<String, String> environment = new HashMap<>();
    environment.put("POSTERN_DATABASE_URL", SOME_URL);
    environment.put("POSTERN_MASTER_KEY", TestGateway.MASTER_KEY);
    environment.remove(missing);
    Run run = serve(environment);
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains(missing);
  }

  @Test
  void kubernetesServiceLinks_areNoSettings() {
    // Services that are named postern, postern-management and postern-http; for the last two, what
    // Kubernetes calls the port has the name of a setting
    Map<String, String> environment = new HashMap<>();
    for (String service : List.of("POSTERN", "POSTERN_MANAGEMENT", "POSTERN_HTTP")) {
      environment.put(service + "_SERVICE_HOST", "10.0.0.1");
      environment.put(service + "_SERVICE_PORT", "9000");
      environment.put(service + "_SERVICE_PORT_HTTP", "9000");
      environment.put(service + "_PORT", "tcp://10.0.0.1:9000");
      environment.put(service + "_PORT_9000_TCP", "tcp://10.0.0.1:9000");
      environment.put(service + "_PORT_9000_TCP_PROTO", "tcp");
      environment.put(service + "_PORT_9000_TCP_PORT", "9000");
      environment.put(service + "_PORT_9000_TCP_ADDR", "10.0.0.1");
    }
    environment.put("POSTERN_MASTER_KEY", TestGateway.MASTER_KEY);
    Run run = serve(environment);
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err().lines()).singleElement().asString().contains("POSTERN_DATABASE_URL");
  }

  @ParameterizedTest
  @CsvSource({
    "POSTERN_HTP_PORT, 9000",
    "POSTERN_SERVICE_HOST, gateway.example.com:443/path",
    "POSTERN_HTTP_PORT, tcp://10.0.0.1:80"
  })
  void likeAServiceLink_butNone_isRefused(String variable, String value) {
    Map<String, String> environment =
        Map.of(
            variable,
            value,
            "POSTERN_DATABASE_URL",
            SOME_URL,
            "POSTERN_MASTER_KEY",
            TestGateway.MASTER_KEY);
    Run run = serve(environment);
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err().lines()).singleElement().asString().contains(variable);
  }
}
