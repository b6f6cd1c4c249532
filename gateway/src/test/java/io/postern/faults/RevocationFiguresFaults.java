package io.postern.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.postern.testing.TestProvider;
import io.postern.testing.Vault;
import io.postern.verifier.PosternVerifier;
import io.postern.verifier.Reason;
import io.postern.verifier.Verification;
import io.postern.verifier.WhenSilent;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ProxySelector;
import java.net.http.HttpClient;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** How soon what is ended is refused, at three replicas and at a service that follows them. */
class RevocationFiguresFaults {
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final String ADMIN = "urn:postern:admin";
  private static final String KEY = "watched";
  private static final int REVOCATIONS = 200;
  private static final int AGENTS = 40;
  private static final int READERS = 1_000;
  private static final int LINES = 100_000;
  private static final String DRAW =
      """
      insert into not_before_line (kind, id, not_before, ends_at, revocation_id)
      select %s, 'infinity', not_before_end(), revocation_id()\
      """;

  private static final List<Model.Agent> WATCHED = new ArrayList<>();
  private static Stage stage;
  private static TestProvider provider;
  private static Model.Service service;
  private static String serviceSecret;

  private final List<HttpLine> lines = new ArrayList<>();

  @BeforeAll
  static void start() throws Exception {
    stage =
        new Stage(
            Duration.ofSeconds(30),
            Map.of("POSTERN_RELAY_NETWORKS", "127.0.0.1", "POSTERN_RELAY_ALLOW_HTTP", "true"));
    provider = TestProvider.start();
    provider.answer(TestProvider.text(200, "relayed"));
    register();
  }

  @AfterAll
  static void stop() throws Exception {
    provider.close();
    stage.close();
  }

  /** Agents that may call the service, obtain, relay, and administer. */
  private static void register() throws IOException {
    Replica replica = stage.fleet().replica(0);
    AdminClient admin = new AdminClient();
    Registration registration = new Registration(replica);
    service = registration.service(KEY, List.of("read"));
    serviceSecret =
        admin
            .require(replica, "POST", "/services/" + service.id() + "/secrets", new JsonObject())
            .getString("client_secret");
    String credential =
        admin
            .require(
                replica,
                "POST",
                "/credentials",
                new JsonObject()
                    .put("name", KEY)
                    .put("identifier", KEY)
                    .put("business_type", "llm")
                    .put("api_key", "sk-of-the-figures")
                    .put(
                        "target",
                        new JsonObject()
                            .put("base_url", provider.tokenEndpoint().resolve("/").toString())))
            .getString("credential_id");
    String administration =
        new JsonObject(admin.send(replica, "GET", "/services?audience=" + ADMIN, "").body())
            .getJsonArray("items")
            .getJsonObject(0)
            .getString("service_id");
    for (int i = 0; i < AGENTS; i++) {
      Model.Agent agent = registration.agent(KEY + i, true, List.of(service));
      admin.require(
          replica,
          "PUT",
          "/agents/" + agent.clientId() + "/credentials/" + credential,
          new JsonObject().put("access", new JsonArray().add("obtain").add("relay")));
      admin.require(
          replica,
          "PUT",
          "/agents/" + agent.clientId() + "/grants/" + administration + "?wait=all&timeout=PT10S",
          new JsonObject().put("scopes", new JsonArray().add("admin:read")));
      WATCHED.add(agent);
    }
  }

  @AfterEach
  void closeLines() {
    lines.forEach(HttpLine::close);
  }

  private HttpLine line(int port) throws IOException {
    HttpLine line = new HttpLine(port, PATIENCE);
    lines.add(line);
    return line;
  }

  private static String bearer(String token) {
    return "Authorization: Bearer " + token + "\r\n";
  }

  /** One at each replica that answers 401 there. */
  private List<RevocationWatch.Doorkeeper> guarding(String path) throws IOException {
    List<RevocationWatch.Doorkeeper> doorkeepers = new ArrayList<>();
    for (Replica replica : stage.fleet().replicas()) {
      HttpLine line =
          line(path.startsWith("/admin/") ? replica.managementPort() : replica.httpPort());
      doorkeepers.add(token -> line.exchange("GET", path, bearer(token), "").status() == 401);
    }
    return doorkeepers;
  }

  private void measure(String where, String audience, List<RevocationWatch.Doorkeeper> doorkeepers)
      throws Exception {
    try (PacedLoad load = new PacedLoad(stage);
        RevocationWatch watch =
            new RevocationWatch(stage, WATCHED, audience, doorkeepers, REVOCATIONS)) {
      for (int i = 0; i < REVOCATIONS; i++) {
        watch.revoke(i);
      }
      FaultReport.line(
          "commit of a line to refusal at %s, at %d tokens a second: %s"
              .formatted(where, load.rate(), watch.took()));
      assertThat(load.failed()).isZero();
      assertThat(watch.took().quantile(1)).isLessThan(Duration.ofSeconds(1));
    }
  }

  @Test
  void vault_refusesSoon() throws Exception {
    measure("the vault", Vault.AUDIENCE, guarding("/vault/v1/credentials/" + KEY));
  }

  @Test
  void relay_refusesSoon() throws Exception {
    measure("the relay", Vault.AUDIENCE, guarding("/relay/" + KEY + "/token"));
  }

  @Test
  void adminApi_refusesSoon() throws Exception {
    measure("the admin API", ADMIN, guarding("/admin/v1/license"));
  }

  @Test
  void introspection_saysSo_soon() throws Exception {
    String headers = TokenRequest.headers(service.id(), serviceSecret);
    List<RevocationWatch.Doorkeeper> doorkeepers = new ArrayList<>();
    for (Replica replica : stage.fleet().replicas()) {
      HttpLine line = line(replica.httpPort());
      doorkeepers.add(
          token ->
              new JsonObject(
                      line.exchange("POST", "/oauth2/introspect", headers, "token=" + token).body())
                  .getBoolean("active")
                  .equals(false));
    }
    measure("introspection", service.audience(), doorkeepers);
  }

  @Test
  void verifier_refusesSoon() throws Exception {
    try (TcpProxy way = new TcpProxy(stage.fleet().replica(1).httpPort());
        PosternVerifier verifier = verifier(way, WhenSilent.FAIL_CLOSED, Duration.ofSeconds(60))) {
      measure(
          "a service that follows",
          service.audience(),
          List.of(token -> verifier.verifyBlocking(token) instanceof Verification.Refused));
    }
  }

  @Test
  void verifierThatIsCutOff_refusesOrAccepts_asItIsSet() throws Exception {
    Model.Agent agent = WATCHED.getFirst();
    Duration silence = Duration.ofSeconds(20);
    try (TcpProxy way = new TcpProxy(stage.fleet().replica(1).httpPort());
        PosternVerifier closed = verifier(way, WhenSilent.FAIL_CLOSED, silence);
        PosternVerifier open = verifier(way, WhenSilent.FAIL_OPEN, silence)) {
      String token = TokenRequest.token(stage.fleet().replica(0), agent, service.audience());
      assertThat(closed.verifyBlocking(token)).isInstanceOf(Verification.Valid.class);
      way.mode(TcpProxy.Mode.BLACK_HOLE);
      long cut = System.nanoTime();
      while (closed.verifyBlocking(token) instanceof Verification.Valid) {
        assertThat(System.nanoTime() - cut).isLessThan(silence.plus(PATIENCE).toNanos());
        stage.letRun(Duration.ofMillis(10));
      }
      FaultReport.line(
          "verifier that is cut off and may not know for %s refuses after %d ms"
              .formatted(silence, Duration.ofNanos(System.nanoTime() - cut).toMillis()));
      assertThat(closed.verifyBlocking(token))
          .isEqualTo(new Verification.Refused(Reason.LINES_UNKNOWN));
      assertThat(open.verifyBlocking(token)).isInstanceOf(Verification.Valid.class);
      way.mode(TcpProxy.Mode.PASS);
      long back = System.nanoTime();
      while (!(closed.verifyBlocking(token) instanceof Verification.Valid)) {
        assertThat(System.nanoTime() - back).isLessThan(PATIENCE.toNanos());
        stage.letRun(Duration.ofMillis(10));
      }
    }
  }

  /** Whose requests to the issuer go that way. */
  private static PosternVerifier verifier(TcpProxy way, WhenSilent whenSilent, Duration silence)
      throws Exception {
    PosternVerifier verifier =
        PosternVerifier.builder(Fleet.ISSUER)
            .audience(service.audience())
            .allowPlainHttp()
            .maxSilence(silence)
            .whenSilent(whenSilent)
            .httpClient(
                HttpClient.newBuilder()
                    .connectTimeout(Duration.ofSeconds(2))
                    .proxy(
                        ProxySelector.of(
                            new InetSocketAddress(InetAddress.getLoopbackAddress(), way.port())))
                    .build())
            .start();
    verifier.ready().toCompletableFuture().get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
    return verifier;
  }

  @Test
  void thousandVerifiers_areToldAChange_whichIsEncodedOnce() throws Exception {
    stage.checker().withoutWrites(this::tellVerifiers);
  }

  private void tellVerifiers() throws Exception {
    Replica replica = stage.fleet().replica(0);
    String encoded = "postern_revocation_telling_seconds_count";
    try (LineReaders readers = new LineReaders(replica, READERS)) {
      double before = replica.metric(encoded);
      Latencies took = readers.await(() -> execute(DRAW.formatted("'token', 'told'")));
      FaultReport.line(
          "statement that draws a line until %d readers are told: %s".formatted(READERS, took));
      assertThat(replica.metric(encoded) - before).isEqualTo(1);
      assertThat(took.quantile(1)).isLessThan(Duration.ofSeconds(1));
    }
  }

  @Test
  void manyLines_areServed() throws Exception {
    stage.checker().withoutWrites(this::serveManyLines);
  }

  private void serveManyLines() throws Exception {
    Replica replica = stage.fleet().replica(0);
    long began = System.nanoTime();
    execute(
        DRAW.formatted("'token', 'many-' || i")
            + " from generate_series(1, %d) i".formatted(LINES));
    long revision = stage.head();
    stage.awaitAllAt(revision);
    long seen = System.nanoTime();
    HttpLine.Answer answer =
        HttpLine.once(replica.httpPort(), PATIENCE, "GET", "/oauth2/revocations", "", "");
    FaultReport.line(
        "%d lines: seen by all replicas after %d ms, a document of %d bytes in %d ms"
            .formatted(
                LINES,
                Duration.ofNanos(seen - began).toMillis(),
                answer.body().length(),
                Duration.ofNanos(System.nanoTime() - seen).toMillis()));
    assertThat(answer.status()).isEqualTo(200);
    execute("delete from not_before_line where id like 'many-%'");
  }

  private static void execute(String sql) throws SQLException {
    try (Connection connection = stage.database();
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }
}
