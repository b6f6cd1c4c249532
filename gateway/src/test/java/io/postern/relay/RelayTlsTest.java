package io.postern.relay;

import static io.postern.relay.RelayTest.assertProblem;
import static org.assertj.core.api.Assertions.assertThat;

import io.postern.decision.DecisionEvent;
import io.postern.testing.ChangedSettings;
import io.postern.testing.RelayFixture;
import io.postern.testing.TestAuthority;
import io.postern.testing.TestGateway;
import io.postern.testing.TestTarget;
import io.postern.tls.TlsFiles;
import io.postern.tls.TlsSettings;
import io.postern.vault.VaultRefusal;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.json.JsonObject;
import io.vertx.core.net.PemKeyCertOptions;
import java.io.ByteArrayInputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The relay to targets with TLS, and HTTP/2 on either side. */
class RelayTlsTest {
  @TempDir private static Path directory;
  private static TestAuthority authority;
  private static TestAuthority.Issued issued;
  private static RelayFixture relay;

  @BeforeAll
  static void start() throws Exception {
    authority = TestAuthority.create();
    issued = authority.issue("EC");
    issued.write(directory.resolve("cert.pem"), directory.resolve("key.pem"));
    Path root = authority.writeRoot(directory.resolve("root.pem"));
    X509Certificate certificate =
        (X509Certificate)
            CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(root)));
    relay = RelayFixture.start(RelayFixture.settings(Duration.ofSeconds(20), certificate));
  }

  @AfterAll
  static void stop() {
    relay.close();
  }

  private static HttpServerOptions tls(boolean http2) {
    return new HttpServerOptions()
        .setSsl(true)
        .setUseAlpn(http2)
        .setKeyCertOptions(
            new PemKeyCertOptions()
                .setCertPath(directory.resolve("cert.pem").toString())
                .setKeyPath(directory.resolve("key.pem").toString()));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void target_isCalledByTheBestItHas(boolean http2) {
    try (TestTarget target = TestTarget.of(tls(http2), TestTarget::echo)) {
      String key = relay.credential(target.url());
      for (int i = 0; i < 3; i++) {
        HttpResponse<String> answer =
            relay
                .gateway()
                .send(relay.request(key + "/x").POST(BodyPublishers.ofString("hello")).build());
        JsonObject asked = new JsonObject(answer.body());
        assertThat(asked.getString("version")).isEqualTo(http2 ? "HTTP_2" : "HTTP_1_1");
        assertThat(asked.getString("body")).isEqualTo("hello");
        assertThat(asked.getString("authority"))
            .isEqualTo(target.url().substring("https://".length()));
        assertThat(asked.getJsonObject("headers").getJsonArray("authorization").getString(0))
            .isEqualTo("Bearer " + RelayFixture.KEY);
      }
      assertThat(target.connections()).isEqualTo(1);
    }
  }

  @Test
  void certificateOfAnotherName_isNotTrusted() {
    try (TestTarget target = TestTarget.of(tls(true), TestTarget::echo)) {
      HttpResponse<String> answer = relay.get(relay.credential(target.url("localhost")) + "/x");
      assertProblem(answer, 502, "target-untrusted");
      assertThat(relay.decided(answer))
          .isEqualTo(new DecisionEvent.Result.Refused(VaultRefusal.TARGET_UNTRUSTED));
    }
  }

  @Test
  void unknownAuthority_isNotTrusted() {
    try (TestTarget target = TestTarget.of(tls(true), TestTarget::echo);
        RelayFixture other = RelayFixture.start()) {
      assertProblem(other.get(other.credential(target.url()) + "/x"), 502, "target-untrusted");
    }
  }

  @Test
  void callerOfHttp2_isRelayedToo() throws Exception {
    CompletableFuture<Void> cancelled = new CompletableFuture<>();
    TestGateway second =
        TestGateway.start(
            relay.gateway().databaseUrl(),
            settings ->
                ChangedSettings.tls(
                        new TlsSettings(
                            new TlsFiles(
                                directory.resolve("cert.pem"), directory.resolve("key.pem"), null),
                            null))
                    .andThen(ChangedSettings.issuer(relay.gateway().issuer()))
                    .andThen(ChangedSettings.relay(relay.gateway().settings().relay()))
                    .apply(settings));
    try (second;
        TestTarget target = TestTarget.of(request -> answer(request, cancelled));
        HttpClient client = HttpClient.newBuilder().sslContext(authority.client(null)).build()) {
      String key = relay.credential(target.url());
      second.registry().awaitIndex();
      var uri = second.publicUri("/relay/" + key + "/x");
      var get = relay.request(key).uri(uri).build();
      HttpResponse<String> answer = client.send(get, BodyHandlers.ofString());
      assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
      JsonObject headers = new JsonObject(answer.body()).getJsonObject("headers");
      assertThat(headers.fieldNames()).doesNotContain("transfer-encoding", "content-length");
      String sent = "hello ".repeat(50_000);
      var chunks =
          relay
              .request(key)
              .uri(uri)
              .POST(
                  BodyPublishers.ofInputStream(
                      () -> new ByteArrayInputStream(sent.getBytes(StandardCharsets.UTF_8))))
              .build();
      JsonObject asked = new JsonObject(client.send(chunks, BodyHandlers.ofString()).body());
      assertThat(asked.getString("body")).isEqualTo(sent);
      var slow = relay.request(key).uri(second.publicUri("/relay/" + key + "/slow")).build();
      client.send(slow, BodyHandlers.ofInputStream()).body().close();
      cancelled.get(10, TimeUnit.SECONDS);
    }
  }

  private static void answer(HttpServerRequest request, CompletableFuture<Void> cancelled) {
    if (request.path().equals("/slow")) {
      request.response().closeHandler(cancelled::complete);
      request.response().setChunked(true).write("first");
    } else {
      TestTarget.echo(request);
    }
  }
}
