package io.postern.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.postern.testing.ChangedSettings;
import io.postern.testing.TestAuthority;
import io.postern.testing.TestGateway;
import io.postern.testing.TestRegistry;
import io.postern.tls.TlsFiles;
import io.postern.tls.TlsSettings;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import javax.net.ssl.SSLHandshakeException;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** TLS on both listeners, and HTTP/2 over it (RFC 9325, RFC 9113). */
@Timeout(60)
class TlsTest {
  private static final String GRANT = "grant_type=client_credentials";

  @TempDir static Path directory;
  private static final TestAuthority AUTHORITY = TestAuthority.create();
  private static TestGateway gateway;
  private static TestRegistry.Agent agent;
  private static HttpClient http;

  @BeforeAll
  static void start() {
    TlsFiles publicFiles = write("public", AUTHORITY.issue("EC"), null);
    TlsFiles management =
        write(
            "management",
            AUTHORITY.issueByIntermediate(),
            AUTHORITY.writeRoot(directory.resolve("clients.crt")));
    gateway = TestGateway.start(ChangedSettings.tls(new TlsSettings(publicFiles, management)));
    agent = gateway.registry().agent();
    gateway.registry().grant(agent, gateway.registry().service("read"), "read");
    http = client(AUTHORITY, null);
  }

  @AfterAll
  static void stop() {
    http.close();
    gateway.close();
  }

  private static TlsFiles write(String name, TestAuthority.Issued issued, @Nullable Path roots) {
    TlsFiles files =
        new TlsFiles(directory.resolve(name + ".crt"), directory.resolve(name + ".key"), roots);
    issued.write(files.certificates(), files.privateKey());
    return files;
  }

  private static HttpClient client(TestAuthority trusted, TestAuthority.@Nullable Issued identity) {
    return HttpClient.newBuilder()
        .connectTimeout(Duration.ofSeconds(20))
        .sslContext(trusted.client(identity))
        .build();
  }

  private static HttpRequest.Builder tokenRequest(String body) {
    String pair = agent.clientId() + ":" + agent.secret();
    return HttpRequest.newBuilder(gateway.tokenEndpoint())
        .timeout(Duration.ofSeconds(30))
        .header(
            "Authorization",
            "Basic " + Base64.getEncoder().encodeToString(pair.getBytes(StandardCharsets.US_ASCII)))
        .header("Content-Type", "application/x-www-form-urlencoded")
        .POST(HttpRequest.BodyPublishers.ofString(body));
  }

  private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static HttpResponse<String> manage(HttpClient client, String path) throws Exception {
    URI uri = gateway.managementUri(path);
    return client.send(
        HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(30)).build(),
        HttpResponse.BodyHandlers.ofString());
  }

  @ParameterizedTest
  @EnumSource(HttpClient.Version.class)
  void token_byEitherVersion_isIssued(HttpClient.Version version) throws Exception {
    HttpResponse<String> response = send(tokenRequest(GRANT).version(version));

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.version()).isEqualTo(version);
    assertThat(new JsonObject(response.body()).getString("access_token")).isNotEmpty();
  }

  /** What a server says to a hello of an old client; JSSE itself would not send one. */
  @Nested
  class Handshake {
    private static final int ALERT = 21;
    private static final int HANDSHAKE = 22;

    @Test
    void hello_withAGoodSuite_isAnswered() throws IOException {
      assertThat(answerTo("0303", "c02b")).isEqualTo(HANDSHAKE);
    }

    @ParameterizedTest
    @CsvSource({
      "0301, c009c00ac02b, TLS 1.0",
      "0302, c009c00ac02b, TLS 1.1",
      "0303, c009c00a, CBC with SHA-1",
      "0303, c023c024, CBC with SHA-2",
      "0303, 009c009d002f, no forward secrecy",
      "0303, c0acc0aec0af, CCM"
    })
    void hello_old_isRefused(String version, String suites, String what) throws IOException {
      assertThat(answerTo(version, suites)).as(what).isEqualTo(ALERT);
    }

    private int answerTo(String version, String suites) throws IOException {
      // supported_groups: secp256r1; signature_algorithms: ecdsa_secp256r1_sha256, ecdsa_sha1
      byte[] extensions = HexFormat.of().parseHex("000a000400020017" + "000d0006000404030203");
      byte[] suiteBytes = HexFormat.of().parseHex(suites);
      ByteArrayOutputStream hello = new ByteArrayOutputStream();
      DataOutputStream out = new DataOutputStream(hello);
      out.write(HexFormat.of().parseHex(version));
      out.write(new byte[32]);
      out.writeByte(0);
      out.writeShort(suiteBytes.length);
      out.write(suiteBytes);
      out.write(new byte[] {1, 0});
      out.writeShort(extensions.length);
      out.write(extensions);
      try (Socket socket =
          new Socket(
              gateway.settings().listeners().http().host(),
              gateway.settings().listeners().http().port())) {
        DataOutputStream records = new DataOutputStream(socket.getOutputStream());
        records.writeByte(HANDSHAKE);
        records.writeShort(0x0301);
        records.writeShort(hello.size() + 4);
        records.writeInt(1 << 24 | hello.size());
        hello.writeTo(records);
        records.flush();
        InputStream answer = socket.getInputStream();
        return answer.read();
      }
    }
  }

  @Nested
  class Http2 {
    @Test
    void hundredStreams_areAllAnswered() throws Exception {
      assertThat(send(tokenRequest(GRANT)).version()).isEqualTo(HttpClient.Version.HTTP_2);
      List<CompletableFuture<HttpResponse<String>>> answers =
          IntStream.range(0, 100)
              .mapToObj(
                  i ->
                      http.sendAsync(
                          tokenRequest(GRANT).build(), HttpResponse.BodyHandlers.ofString()))
              .toList();
      for (CompletableFuture<HttpResponse<String>> answer : answers) {
        assertThat(answer.get().statusCode()).isEqualTo(200);
      }
    }

    @Test
    void body_pastTheLimit_is413_andTheConnectionGoesOn() throws Exception {
      HttpResponse<String> refused = send(tokenRequest(GRANT + "&x=" + "x".repeat(300_000)));

      assertThat(refused.statusCode()).isEqualTo(413);
      assertThat(refused.version()).isEqualTo(HttpClient.Version.HTTP_2);
      // RFC 9113 §8.2.2: no field that is about the connection
      assertThat(refused.headers().map()).doesNotContainKey("connection");
      assertThat(send(tokenRequest(GRANT)).statusCode()).isEqualTo(200);
    }

    @Test
    void body_atTheLimit_isRead() throws Exception {
      String padding = "x".repeat(64 * 1024 - GRANT.length() - 3);
      assertThat(send(tokenRequest(GRANT + "&x=" + padding)).statusCode()).isEqualTo(200);
    }

    @Test
    void headers_asLargeAsByHttp1_areRead() throws Exception {
      assertThat(send(tokenRequest(GRANT).header("X-Padding", "x".repeat(12_000))).statusCode())
          .isEqualTo(200);
    }

    @Test
    void otherEndpoints_areThereToo() throws Exception {
      HttpResponse<String> keys =
          send(HttpRequest.newBuilder(gateway.publicUri("/oauth2/jwks")).GET());
      assertThat(keys.statusCode()).isEqualTo(200);
      assertThat(new JsonObject(keys.body()).getJsonArray("keys")).isNotEmpty();
      assertThat(
              send(HttpRequest.newBuilder(gateway.publicUri("/oauth2/jwks")).HEAD()).statusCode())
          .isEqualTo(200);
      assertThat(send(HttpRequest.newBuilder(gateway.publicUri("/nothing")).GET()).statusCode())
          .isEqualTo(404);
    }
  }

  @Nested
  class Management {
    @Test
    void withoutACertificate_onlyHealthIsAnswered() throws Exception {
      assertThat(manage(http, "/health/ready").statusCode()).isEqualTo(200);
      for (String path : List.of("/metrics", "/admin/v1/agents", "/nothing")) {
        HttpResponse<String> refused = manage(http, path);
        assertThat(refused.statusCode()).isEqualTo(403);
        assertThat(new JsonObject(refused.body()).getString("type"))
            .isEqualTo("urn:postern:problem:client-certificate-required");
      }
    }

    @Test
    void withACertificate_allIsAnswered() throws Exception {
      try (HttpClient trusted = client(AUTHORITY, AUTHORITY.issue("EC"))) {
        HttpResponse<String> metrics = manage(trusted, "/metrics");
        assertThat(metrics.version()).isEqualTo(HttpClient.Version.HTTP_2);
        assertThat(metrics.body())
            .contains(
                "postern_tls_certificate_not_after_seconds{listener=\"public\"}",
                "postern_tls_certificate_not_after_seconds{listener=\"management\"}",
                "postern_tls_reloads_total{listener=\"public\",outcome=\"failed\"} 0.0");
        assertThat(manage(trusted, "/admin/v1/agents").statusCode()).isEqualTo(401);
      }
    }

    @Test
    void withACertificateOfAnotherAuthority_isRefused() {
      TestAuthority stranger = TestAuthority.create();
      try (HttpClient other = client(AUTHORITY, stranger.issue("EC"))) {
        // JSSE shows no certificate that the server would not take; then it has none
        assertThat(manage(other, "/metrics").statusCode()).isEqualTo(403);
      } catch (Exception e) {
        assertThat(e).isInstanceOf(IOException.class);
      }
    }
  }

  @Test
  void client_thatTrustsAnotherAuthority_doesNotConnect() {
    try (HttpClient other = client(TestAuthority.create(), null)) {
      assertThatThrownBy(
              () -> other.send(tokenRequest(GRANT).build(), HttpResponse.BodyHandlers.ofString()))
          .isInstanceOf(SSLHandshakeException.class);
    }
  }
}
