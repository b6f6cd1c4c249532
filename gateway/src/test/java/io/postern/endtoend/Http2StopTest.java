package io.postern.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.testing.ChangedSettings;
import io.postern.testing.TestAuthority;
import io.postern.testing.TestGateway;
import io.postern.testing.TestRegistry;
import io.postern.tls.TlsFiles;
import io.postern.tls.TlsSettings;
import java.io.IOException;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A stop while HTTP/2 streams are open (RFC 9113 §6.8). */
@Timeout(60)
class Http2StopTest {
  private static final byte[] BODY =
      "grant_type=client_credentials".getBytes(StandardCharsets.US_ASCII);
  // each try costs the gateway a handshake, or a warning
  private static final long POLL_NANOS = 50_000_000;
  private static final Duration DRAIN_TIMEOUT = Duration.ofSeconds(30);

  @TempDir Path directory;

  @Test
  void stop_clientIsSentElsewhere_andOpenStreamsAreAnswered() throws Exception {
    TestAuthority authority = TestAuthority.create();
    TlsFiles files = new TlsFiles(directory.resolve("crt"), directory.resolve("key"), null);
    authority.issue("EC").write(files.certificates(), files.privateKey());
    TestGateway gateway =
        TestGateway.start(
            settings ->
                ChangedSettings.tls(new TlsSettings(files, null))
                    .andThen(ChangedSettings.drain(Duration.ofSeconds(2), DRAIN_TIMEOUT))
                    .apply(settings));
    TestRegistry.Agent agent = gateway.registry().agent();
    gateway.registry().grant(agent, gateway.registry().service("read"), "read");
    PipedOutputStream rest = new PipedOutputStream();
    try (HttpClient client = HttpClient.newBuilder().sslContext(authority.client(null)).build()) {
      assertIssued(send(gateway, agent, client));
      CompletableFuture<HttpResponse<String>> open = begin(gateway, agent, client, rest);
      assertIssued(send(gateway, agent, client));
      assertThat(connections(gateway)).isEqualTo("1.0");

      Thread stop = Thread.startVirtualThread(gateway::close);
      while (gateway.get(gateway.managementUri("/health/ready")).statusCode() == 200) {
        Thread.onSpinWait();
      }
      // its answer comes with the word that there will be an end, so the next is sent elsewhere
      assertIssued(send(gateway, agent, client));
      assertIssued(send(gateway, agent, client));
      assertThat(connections(gateway)).isEqualTo("2.0");
      assertThat(stop.isAlive()).isTrue();
      awaitRefusal(gateway.settings().listeners().http().port());
      assertThat(open).isNotDone();

      rest.write(BODY, 5, BODY.length - 5);
      rest.close();
      assertIssued(open.get());
      assertThat(stop.join(DRAIN_TIMEOUT.dividedBy(2))).isTrue();
    }
  }

  private static void assertIssued(HttpResponse<String> response) {
    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.version()).isEqualTo(HttpClient.Version.HTTP_2);
    // RFC 9113 §8.2.2
    assertThat(response.headers().map()).doesNotContainKey("connection");
  }

  private static String connections(TestGateway gateway) {
    return gateway
        .get(gateway.managementUri("/metrics"))
        .body()
        .lines()
        .filter(line -> line.startsWith("postern_http_connections "))
        .map(line -> line.split(" ", -1)[1])
        .findFirst()
        .orElseThrow();
  }

  private static void awaitRefusal(int port) throws IOException {
    while (true) {
      try {
        new Socket(InetAddress.getLoopbackAddress(), port).close();
        LockSupport.parkNanos(POLL_NANOS);
      } catch (ConnectException e) {
        return;
      }
    }
  }

  private static HttpResponse<String> send(
      TestGateway gateway, TestRegistry.Agent agent, HttpClient client) throws Exception {
    return client.send(
        request(gateway, agent, HttpRequest.BodyPublishers.ofByteArray(BODY)),
        HttpResponse.BodyHandlers.ofString());
  }

  /** Sends the head and some of the body; returns when the head is sent. */
  private static CompletableFuture<HttpResponse<String>> begin(
      TestGateway gateway, TestRegistry.Agent agent, HttpClient client, PipedOutputStream rest)
      throws Exception {
    CountDownLatch headIsSent = new CountDownLatch(1);
    PipedInputStream body = new PipedInputStream(rest);
    rest.write(BODY, 0, 5);
    CompletableFuture<HttpResponse<String>> answer =
        client.sendAsync(
            request(
                gateway,
                agent,
                HttpRequest.BodyPublishers.ofInputStream(
                    () -> {
                      headIsSent.countDown();
                      return body;
                    })),
            HttpResponse.BodyHandlers.ofString());
    headIsSent.await();
    return answer;
  }

  private static HttpRequest request(
      TestGateway gateway, TestRegistry.Agent agent, HttpRequest.BodyPublisher body) {
    String pair = agent.clientId() + ":" + agent.secret();
    return HttpRequest.newBuilder(gateway.tokenEndpoint())
        .timeout(Duration.ofSeconds(40))
        .header(
            "Authorization",
            "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.US_ASCII)))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(body)
        .build();
  }
}
