package io.postern.endtoend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postern.testing.ByteConnection;
import io.postern.testing.ChangedSettings;
import io.postern.testing.TestGateway;
import io.postern.testing.TestRegistry;
import io.postern.testing.TokenCall;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class GracefulStopTest {
  @Test
  void stop_readinessGoesDownFirst_whileTokensAreStillIssued() throws Exception {
    TestGateway gateway =
        TestGateway.start(ChangedSettings.drain(Duration.ofSeconds(3), Duration.ofSeconds(10)));
    TestRegistry.Agent agent = newAgent(gateway);
    assertThat(readiness(gateway)).isEqualTo(200);

    Thread stop = Thread.startVirtualThread(gateway::close);
    while (readiness(gateway) == 200) {
      Thread.onSpinWait();
    }
    assertThat(readiness(gateway)).isEqualTo(503);
    assertThat(TokenCall.by(gateway, agent).send().status()).isEqualTo(200);
    stop.join();
  }

  @Test
  void stop_duringTheDelay_connectionsAreClosedAfterTheirAnswer() {
    TestGateway gateway =
        TestGateway.start(ChangedSettings.drain(Duration.ofSeconds(3), Duration.ofSeconds(10)));
    String request = ByteConnection.request(newAgent(gateway), "grant_type=client_credentials");
    try (ByteConnection kept = ByteConnection.to(gateway)) {
      assertThat(kept.exchange(request).headers()).doesNotContainKey("connection");

      Thread stop = Thread.startVirtualThread(gateway::close);
      while (readiness(gateway) == 200) {
        Thread.onSpinWait();
      }
      ByteConnection.Answer last = kept.exchange(request);
      assertThat(last.status()).isEqualTo(200);
      assertThat(last.headers()).containsEntry("connection", "close");
      assertThat(kept.isClosedByPeer()).isTrue();
      assertThat(stop.isAlive()).isTrue();
    }
  }

  @Test
  void stop_acceptedRequestIsAnswered_andNoNewOneTaken() throws Exception {
    TestGateway gateway =
        TestGateway.start(ChangedSettings.drain(Duration.ZERO, Duration.ofSeconds(10)));
    TestRegistry.Agent agent = newAgent(gateway);
    int port = gateway.settings().listeners().http().port();
    try (Socket accepted = new Socket(InetAddress.getLoopbackAddress(), port)) {
      String body = "grant_type=client_credentials";
      String pair = agent.clientId() + ":" + agent.secret();
      String head =
          "POST /oauth2/token HTTP/1.1\r\nHost: x\r\nAuthorization: Basic "
              + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.US_ASCII))
              + "\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: "
              + body.length()
              + "\r\n\r\n";
      write(accepted, head + body.substring(0, 5));
      // answered on another connection: the first one's head has been read by then, or is about to
      assertThat(TokenCall.by(gateway, agent).send().status()).isEqualTo(200);

      Thread stop = Thread.startVirtualThread(gateway::close);
      awaitRefusal(port);
      write(accepted, body.substring(5));

      String answer = new String(accepted.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assertThat(answer).startsWith("HTTP/1.1 200").contains("access_token");
      stop.join();
    }
    assertThatThrownBy(() -> new Socket(InetAddress.getLoopbackAddress(), port))
        .isInstanceOf(ConnectException.class);
  }

  private static void awaitRefusal(int port) throws IOException {
    while (true) {
      try {
        new Socket(InetAddress.getLoopbackAddress(), port).close();
      } catch (ConnectException e) {
        return;
      }
    }
  }

  private static void write(Socket socket, String text) throws IOException {
    socket.getOutputStream().write(text.getBytes(StandardCharsets.US_ASCII));
    socket.getOutputStream().flush();
  }

  private static int readiness(TestGateway gateway) {
    return gateway.get(gateway.managementUri("/health/ready")).statusCode();
  }

  private static TestRegistry.Agent newAgent(TestGateway gateway) {
    TestRegistry.Agent agent = gateway.registry().agent();
    gateway.registry().grant(agent, gateway.registry().service("read"), "read");
    return agent;
  }
}
