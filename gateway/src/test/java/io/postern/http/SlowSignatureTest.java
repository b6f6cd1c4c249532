package io.postern.http;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import io.postern.testing.ByteConnection;
import io.postern.testing.CapturedLog;
import io.postern.testing.TestGateway;
import io.postern.testing.TestRegistry;
import io.postern.testing.TokenCall;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tokens that are signed on another thread, and what may happen meanwhile. */
class SlowSignatureTest {
  private static TestGateway gateway;
  private static TestRegistry.Agent agent;
  private static TestRegistry.Resource rsa;
  private static TestRegistry.Resource ecdsa;

  @BeforeAll
  static void start() {
    gateway = TestGateway.start();
    TestRegistry registry = gateway.registry();
    agent = registry.agent();
    ecdsa = registry.service("read");
    rsa = registry.service("read");
    registry.run("update application set signing_alg = 'RS256' where id = ?", rsa.id());
    registry.grant(agent, ecdsa, "read");
    registry.grant(agent, rsa, "read");
  }

  @AfterAll
  static void stop() {
    gateway.close();
  }

  private static String request(TestRegistry.Resource resource) {
    return ByteConnection.request(
        agent,
        "grant_type=client_credentials&audience="
            + URLEncoder.encode(resource.audience(), StandardCharsets.UTF_8));
  }

  @Test
  void clientGoneMeanwhile_disturbsNobody() {
    try (CapturedLog log = CapturedLog.of("ROOT", Level.WARN)) {
      for (int i = 0; i < 200; i++) {
        try (ByteConnection connection = ByteConnection.to(gateway)) {
          connection.write(request(rsa));
        }
      }
      // behind all of those, on both event loops
      for (int i = 0; i < 10; i++) {
        assertThat(TokenCall.by(gateway, agent).param("audience", rsa.audience()).send().status())
            .isEqualTo(200);
      }
      assertThat(log.lines()).isEmpty();
    }
  }

  @Test
  void pipelined_areAnsweredInOrder() {
    try (ByteConnection connection = ByteConnection.to(gateway)) {
      connection.write(request(rsa) + request(ecdsa) + request(rsa));
      // the encoded headers tell the algorithms apart
      String first = connection.read().body();
      String second = connection.read().body();
      String third = connection.read().body();
      assertThat(header(first)).isEqualTo(header(third)).isNotEqualTo(header(second));
    }
  }

  private static String header(String body) {
    assertThat(body).startsWith("{\"access_token\":\"");
    return body.split("\"", 5)[3].split("\\.", 2)[0];
  }
}
