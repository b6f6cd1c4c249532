import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Makes the distribution's AOT caches (JEP 483, 514, 515): runs its own {@code postern dev}, loads
 * it for a few seconds, asks it as {@code postern agent list} does, and stops it, upon which the
 * JVM tells what it has read, linked and profiled. One cache is for the gateway, one for all other
 * commands, which run in a JVM with other flags.
 *
 * <p>A cache is no more than a quicker start, so where it cannot be made there is a warning, not a
 * failure.
 */
final class TrainAotCache {
  private static final int START_SECONDS = 60;
  private static final int WRITE_SECONDS = 120;
  private static final int ROUNDS = 300;
  private static final String GATEWAY = "postern.aot";
  private static final String COMMANDS = "commands.aot";
  private static final List<String> CACHES = List.of(GATEWAY, COMMANDS);
  private static final Base64.Encoder BASE64URL = Base64.getUrlEncoder().withoutPadding();

  private final Path distribution;
  private final Path work;
  private final HttpClient http = HttpClient.newHttpClient();
  private final String issuer = "http://localhost:" + freePort();
  private final String management = "http://localhost:" + freePort();
  private String administratorToken = "";

  /** Agents of one algorithm: what their secret is and how they sign assertions. */
  private record Agent(String clientId, String secret, String alg, String kid, KeyPair keys) {}

  private TrainAotCache(Path distribution, Path work) throws IOException {
    this.distribution = distribution;
    this.work = work;
  }

  /**
   * Writes {@code lib/postern.aot} and {@code lib/commands.aot}.
   *
   * @param args the distribution, and a folder to work in that may be missing
   */
  public static void main(String[] args) throws Exception {
    Path distribution = Path.of(args[0]).toAbsolutePath();
    Path work = Files.createDirectories(Path.of(args[1]).toAbsolutePath());
    try {
      delete(distribution, UnaryOperator.identity());
      new TrainAotCache(distribution, work).train();
    } catch (IOException | GeneralSecurityException | IllegalStateException e) {
      delete(distribution, UnaryOperator.identity());
      System.out.printf(
          "[WARNING] No AOT cache, so this distribution starts slower: %s; see %s%n",
          e.getMessage(), work.resolve("log"));
    } finally {
      delete(distribution, TrainAotCache::configuration);
    }
  }

  private static void delete(Path distribution, UnaryOperator<String> file) throws IOException {
    for (String cache : CACHES) {
      Files.deleteIfExists(distribution.resolve("lib").resolve(file.apply(cache)));
    }
  }

  private void train() throws Exception {
    Path administrator = work.resolve("data/credentials/postern-admin");
    List<String> dev =
        List.of(
            "dev",
            "--data-dir=" + work.resolve("data"),
            "--http-port=" + URI.create(issuer).getPort(),
            "--management-port=" + URI.create(management).getPort(),
            "--drain-delay=PT0S");
    Process postern = record(GATEWAY, dev);
    try {
      awaitReady(postern);
      load(administrator);
      List<String> list = listAgents(administrator);
      awaitEnd(record(COMMANDS, list));
      awaitEnd(create(COMMANDS, list));
      postern.destroy();
      awaitEnd(postern);
    } finally {
      postern.destroyForcibly();
    }
    awaitEnd(create(GATEWAY, dev));
    for (String cache : CACHES) {
      require(Files.exists(distribution.resolve("lib").resolve(cache)), "the JVM wrote none");
    }
  }

  private Process record(String cache, List<String> command) throws IOException {
    return start("-XX:AOTMode=record -XX:AOTConfiguration=" + configuration(cache), command);
  }

  // Does not run the command. The JVM that recorded would do the same by itself, but without the
  // file descriptor by which the launcher names the jars.
  private Process create(String cache, List<String> command) throws IOException {
    return start(
        "-XX:AOTMode=create -XX:AOTConfiguration=%s -XX:AOTCache=%s"
            .formatted(configuration(cache), cache),
        command);
  }

  private static String configuration(String cache) {
    return cache + ".recorded";
  }

  private Process start(String options, List<String> command) throws IOException {
    List<String> line = new ArrayList<>(List.of(distribution.resolve("bin/postern").toString()));
    line.addAll(command);
    ProcessBuilder builder = new ProcessBuilder(line);
    builder.environment().keySet().removeIf(name -> name.startsWith("POSTERN_"));
    builder.environment().put("POSTERN_JAVA_HOME", System.getProperty("java.home"));
    // files are relative to the folder: the launcher splits the options at blanks
    builder.environment().put("POSTERN_JAVA_OPTS", options);
    // PostgreSQL is unpacked each time, so that what that takes is in the cache, on every machine
    builder.environment().put("XDG_CACHE_HOME", work.resolve("cache").toString());
    builder.directory(distribution.resolve("lib").toFile());
    builder.redirectErrorStream(true);
    builder.redirectOutput(Redirect.appendTo(work.resolve("log").toFile()));
    return builder.start();
  }

  private static void awaitEnd(Process process) throws InterruptedException {
    try {
      require(process.waitFor(WRITE_SECONDS, TimeUnit.SECONDS), "a JVM did not end");
      require(process.exitValue() == 0, "a JVM ended with " + process.exitValue());
    } finally {
      process.destroyForcibly();
    }
  }

  private List<String> listAgents(Path administrator) throws IOException {
    String pair = Files.readString(administrator).strip();
    Path secret = work.resolve("secret");
    Files.writeString(secret, pair.substring(pair.indexOf(':') + 1));
    return List.of(
        "agent",
        "list",
        "--admin-url=" + management + "/admin/v1",
        "--issuer=" + issuer,
        "--client-id=postern-admin",
        "--client-secret-file=" + secret);
  }

  private void awaitReady(Process postern) throws Exception {
    for (Instant end = Instant.now().plusSeconds(START_SECONDS); Instant.now().isBefore(end); ) {
      require(postern.isAlive(), "postern dev did not start");
      try {
        if (send(HttpRequest.newBuilder(URI.create(management + "/health/ready"))).statusCode()
            == 200) {
          return;
        }
      } catch (IOException e) {
        // not listening yet
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
    throw new IllegalStateException("postern dev was not ready in time");
  }

  private void load(Path administrator) throws Exception {
    String secret = Files.readString(administrator).strip();
    administratorToken =
        member("access_token", token(200, secret, "audience=urn:postern:admin").body());
    List<Agent> agents = new ArrayList<>();
    for (String alg : List.of("ES256", "RS256", "PS256", "EdDSA")) {
      agents.add(agent(alg));
    }
    for (int round = 0; round < ROUNDS; round++) {
      for (Agent agent : agents) {
        token(200, agent.clientId + ":" + agent.secret, "scope=read+unknown");
        String type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";
        token(200, null, "client_assertion_type=" + type + "&client_assertion=" + assertion(agent));
      }
      if (round % 20 == 0) {
        token(401, agents.getFirst().clientId + ":wrong", "scope=read");
        token(400, secret, "audience=https://nowhere.example.com");
        for (String path : List.of("/oauth2/jwks", "/.well-known/openid-configuration")) {
          send(HttpRequest.newBuilder(URI.create(issuer + path)));
        }
        send(HttpRequest.newBuilder(URI.create(management + "/metrics")));
        administer("GET", "/agents", null);
      }
    }
  }

  // A service whose tokens are signed so, and an agent that signs its assertions so.
  private Agent agent(String alg) throws Exception {
    String audience = "https://" + alg.toLowerCase(Locale.ROOT) + ".example.com";
    String service =
        administer(
            "POST",
            "/services",
            """
            {"name": "Trained", "audience": "%s", "signing_alg": "%s",
             "scopes": [{"value": "read"}, {"value": "write"}]}\
            """
                .formatted(audience, alg));
    String clientId = member("client_id", administer("POST", "/agents", "{\"name\": \"Trained\"}"));
    String path = "/agents/" + clientId;
    administer(
        "PUT",
        path + "/grants/" + member("service_id", service),
        "{\"scopes\": [\"read\", \"write\"]}");
    KeyPair keys = keys(alg);
    String pem =
        "-----BEGIN PUBLIC KEY-----\\n%s\\n-----END PUBLIC KEY-----\\n"
            .formatted(Base64.getEncoder().encodeToString(keys.getPublic().getEncoded()));
    String key = administer("POST", path + "/keys", "{\"pem\": \"" + pem + "\"}");
    String secret = administer("POST", path + "/secrets", "{}");
    return new Agent(clientId, member("client_secret", secret), alg, member("kid", key), keys);
  }

  private static KeyPair keys(String alg) throws GeneralSecurityException {
    KeyPairGenerator generator =
        KeyPairGenerator.getInstance(
            switch (alg) {
              case "ES256" -> "EC";
              case "EdDSA" -> "Ed25519";
              default -> "RSA";
            });
    if (alg.equals("ES256")) {
      generator.initialize(new ECGenParameterSpec("secp256r1"));
    }
    return generator.generateKeyPair();
  }

  private String assertion(Agent agent) throws GeneralSecurityException {
    long now = Instant.now().getEpochSecond();
    // RSA keys fit RS256 and PS256: the former needs no parameters
    String alg = agent.alg.equals("PS256") ? "RS256" : agent.alg;
    String header = "{\"alg\":\"%s\",\"kid\":\"%s\"}".formatted(alg, agent.kid);
    String claims =
        """
        {"iss":"%1$s","sub":"%1$s","aud":"%2$s","iat":%3$d,"exp":%4$d,"jti":"%5$s"}\
        """
            .formatted(agent.clientId, issuer, now, now + 60, UUID.randomUUID());
    String input = base64url(header) + "." + base64url(claims);
    Signature signature =
        Signature.getInstance(
            switch (alg) {
              case "ES256" -> "SHA256withECDSAinP1363Format";
              case "EdDSA" -> "Ed25519";
              default -> "SHA256withRSA";
            });
    signature.initSign(agent.keys.getPrivate());
    signature.update(input.getBytes(StandardCharsets.US_ASCII));
    return input + "." + BASE64URL.encodeToString(signature.sign());
  }

  private static String base64url(String text) {
    return BASE64URL.encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }

  private HttpResponse<String> token(int status, String credentials, String form) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(issuer + "/oauth2/token"))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString("grant_type=client_credentials&" + form));
    if (credentials != null) {
      byte[] pair = credentials.getBytes(StandardCharsets.US_ASCII);
      request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(pair));
    }
    HttpResponse<String> response = send(request);
    require(response.statusCode() == status, "the token endpoint answered " + response.body());
    return response;
  }

  private String administer(String method, String path, String body) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(management + "/admin/v1" + path))
            .header("Authorization", "Bearer " + administratorToken)
            .method(method, body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
    if (body != null) {
      request.header("Content-Type", "application/json");
    }
    HttpResponse<String> response = send(request);
    require(response.statusCode() < 300, "the admin API answered " + response.body());
    return response.body();
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private static String member(String name, String json) {
    Matcher matcher = Pattern.compile("\"" + name + "\" ?: ?\"([^\"]*)\"").matcher(json);
    require(matcher.find(), "no " + name + " in the answer");
    return matcher.group(1);
  }

  private static void require(boolean condition, String otherwise) {
    if (!condition) {
      throw new IllegalStateException(otherwise);
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}
