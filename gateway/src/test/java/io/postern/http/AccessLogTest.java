package io.postern.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.postern.testing.CapturedLog;
import io.postern.testing.ChangedSettings;
import io.postern.testing.TestGateway;
import io.postern.testing.TokenCall;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class AccessLogTest {
  private static TestGateway gateway;

  @BeforeAll
  static void start() {
    gateway = TestGateway.start(ChangedSettings.accessLog());
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  @Test
  void requests_ofBothListeners_haveALineEach_withoutQueryAndSecrets() {
    try (CapturedLog log = CapturedLog.of("io.postern.access", Level.INFO)) {
      TokenCall.to(gateway)
          .uri(gateway.publicUri("/oauth2/token?client_secret=in-the-query"))
          .basic("postern-admin", "in-the-header-0123456789")
          .clientCredentials()
          .param("audience", "urn:postern:admin")
          .send();
      gateway.get(gateway.publicUri("/oauth2/jwks"));
      gateway.get(gateway.managementUri("/health/ready?why=query"));
      gateway.get(gateway.managementUri("/admin/v1/agents/%0A"));

      List<String> lines = await(log, 4);
      assertThat(lines.get(0))
          .contains(" method=POST path=/oauth2/token status=400 duration_ms=")
          .containsPattern(" source=127.0.0.1 decision_id=[\\w-]+$");
      assertThat(lines.get(1)).contains("method=GET path=/oauth2/jwks status=200");
      assertThat(lines.get(1)).doesNotContain(" bytes=0 ");
      assertThat(lines.get(2)).contains("method=GET path=/health/ready status=200");
      assertThat(lines.get(3)).contains("path=/admin/v1/agents/%0A status=401");
      assertThat(lines).noneMatch(line -> line.contains("in-the") || line.contains("query"));
    }
  }

  @Test
  void longPath_isCut() {
    try (CapturedLog log = CapturedLog.of("io.postern.access", Level.INFO)) {
      gateway.get(gateway.publicUri("/" + "x".repeat(5_000)));
      assertThat(await(log, 1).getFirst()).contains("status=404").hasSizeLessThan(500);
    }
  }

  /** The line is written when the answer has been, perhaps a moment after it was read. */
  private static List<String> await(CapturedLog log, int count) {
    long deadline = System.nanoTime() + Duration.ofSeconds(10).toNanos();
    while (log.lines().size() < count && System.nanoTime() < deadline) {
      LockSupport.parkNanos(Duration.ofMillis(5).toNanos());
    }
    assertThat(log.lines()).hasSize(count);
    return log.lines();
  }
}
