package io.postern.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** {@code postern dev} of the distribution, with an agent that has a secret and a key. */
final class RunningGateway implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String JWT_BEARER = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

  private final HttpClient http = HttpClient.newHttpClient();
  private final String issuer = "http://localhost:" + freePort();
  private final int managementPort = freePort();
  private final Process process;
  private final Path log;
  private final String administrator;
  private final ECKey key;
  private final String clientId;
  private final String secret;

  /**
   * @param folder to keep everything in
   * @param environment further settings
   */
  RunningGateway(Path folder, Map<String, String> environment) throws Exception {
    log = folder.resolve("postern.log");
    Path data = folder.resolve("postern");
    ProcessBuilder builder =
        new ProcessBuilder(
            Tool.REPOSITORY.resolve("gateway/target/postern/bin/postern").toString(),
            "dev",
            "--data-dir=" + data,
            "--http-port=" + URI.create(issuer).getPort(),
            "--management-port=" + managementPort,
            "--drain-delay=PT0S");
    builder.environment().keySet().removeIf(name -> name.startsWith("POSTERN_"));
    builder.environment().putAll(environment);
    process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    try {
      awaitReady();
      String pair = Files.readString(data.resolve("credentials/postern-admin")).strip();
      administrator = token(pair, "audience=urn:postern:admin").get("access_token").asText();
      key = new ECKeyGenerator(Curve.P_256).keyID("k").generate();
      String service =
          administer(
                  "POST",
                  "/services",
                  """
                  {"name": "S", "audience": "https://s.example.com", "scopes": [{"value": "read"}]}\
                  """)
              .get("service_id")
              .asText();
      clientId = administer("POST", "/agents", "{\"name\": \"A\"}").get("client_id").asText();
      String agent = "/agents/" + clientId;
      administer("PUT", agent + "/grants/" + service, "{\"scopes\": [\"read\"]}");
      administer("POST", agent + "/keys", "{\"jwk\": " + key.toPublicJWK().toJSONString() + "}");
      secret = administer("POST", agent + "/secrets", "{}").get("client_secret").asText();
      // a service that is there: the gateway itself
      String credential =
          administer(
                  "POST",
                  "/credentials",
                  """
                  {"identifier": "self", "name": "Self", "business_type": "external_service",
                   "api_key": "k", "target": {"base_url": "%s"}}\
                  """
                      .formatted(issuer))
              .get("credential_id")
              .asText();
      administer("PUT", agent + "/credentials/" + credential, "{\"access\": [\"relay\"]}");
    } catch (Exception | AssertionError e) {
      process.destroyForcibly();
      throw e;
    }
  }

  int managementPort() {
    return managementPort;
  }

  /** Some of everything: tokens, refusals, a relayed call, an assertion used twice, a change. */
  void exercise() throws Exception {
    for (int i = 0; i < 20; i++) {
      token(clientId + ":" + secret, "scope=read");
    }
    token("nobody:wrong", "scope=read");
    token(clientId + ":" + secret, "audience=https://nowhere.example.com");
    String assertion = "client_assertion_type=" + JWT_BEARER + "&client_assertion=" + assertion();
    token(null, assertion);
    token(null, assertion);
    send(HttpRequest.newBuilder(URI.create(issuer + "/vault/v1/credentials/nothing")));
    String vault =
        token(clientId + ":" + secret, "audience=urn:postern:vault").get("access_token").asText();
    send(
        HttpRequest.newBuilder(URI.create(issuer + "/relay/self/oauth2/jwks"))
            .header("Authorization", "Bearer " + vault));
    administer("PATCH", "/agents/" + clientId, "{\"name\": \"" + UUID.randomUUID() + "\"}");
    administer("POST", "/revocations", "{\"token\": \"" + UUID.randomUUID() + "\"}");
  }

  /** What {@code postern health} prints for this gateway. */
  String health() {
    return Tool.script(Tool.REPOSITORY.resolve("gateway/target/postern/bin/postern"))
        .run("health", "--management-port", "" + managementPort);
  }

  private JsonNode token(@Nullable String pair, String form)
      throws IOException, InterruptedException {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(issuer + "/oauth2/token"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(HttpRequest.BodyPublishers.ofString("grant_type=client_credentials&" + form));
    if (pair != null) {
      byte[] bytes = pair.getBytes(StandardCharsets.US_ASCII);
      request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(bytes));
    }
    return JSON.readTree(send(request).body());
  }

  private String assertion() throws JOSEException {
    Instant now = Instant.now();
    SignedJWT assertion =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.ES256).keyID("k").build(),
            new JWTClaimsSet.Builder()
                .issuer(clientId)
                .subject(clientId)
                .audience(issuer)
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plusSeconds(60)))
                .jwtID(UUID.randomUUID().toString())
                .build());
    assertion.sign(new ECDSASigner(key));
    return assertion.serialize();
  }

  private JsonNode administer(String method, String path, String body)
      throws IOException, InterruptedException {
    HttpResponse<String> response =
        send(
            HttpRequest.newBuilder(
                    URI.create("http://localhost:" + managementPort + "/admin/v1" + path))
                .header("Authorization", "Bearer " + administrator)
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(body)));
    assertThat(response.statusCode()).as(response.body()).isLessThan(300);
    return JSON.readTree(response.body());
  }

  private void awaitReady() throws Exception {
    Instant end = Instant.now().plus(Duration.ofSeconds(60));
    while (true) {
      assertThat(process.isAlive()).as("%s", Files.readString(log)).isTrue();
      try {
        URI ready = URI.create("http://localhost:" + managementPort + "/health/ready");
        if (send(HttpRequest.newBuilder(ready)).statusCode() == 200) {
          return;
        }
      } catch (IOException e) {
        // not listening yet
      }
      assertThat(Instant.now()).as("ready in time").isBefore(end);
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    http.close();
    Tool.stop(process);
  }
}
