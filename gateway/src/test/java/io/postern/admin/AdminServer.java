package io.postern.admin;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.postern.admin.contract.AdminContract;
import io.postern.admin.operations.AccessExplainer;
import io.postern.admin.protocol.AdminAuthenticator;
import io.postern.admin.protocol.IndexStatus;
import io.postern.admin.registry.License;
import io.postern.admin.vault.CredentialLimit;
import io.postern.admin.vault.VaultRules;
import io.postern.change.RevisionGate;
import io.postern.crypto.CryptoProvider;
import io.postern.crypto.SealingKeys;
import io.postern.crypto.SecretHashKey;
import io.postern.decision.DecisionMemory;
import io.postern.grant.AccessExplanation;
import io.postern.jose.SignatureAlgorithm;
import io.postern.jose.SigningKey;
import io.postern.jose.SigningKeyGenerator;
import io.postern.jose.SigningKeys;
import io.postern.oauth.Refusal;
import io.postern.store.database.Database;
import io.postern.store.database.Schema;
import io.postern.store.keys.SealedSigningKey;
import io.postern.testing.TestPostgres;
import io.postern.token.AccessTokenClaims;
import io.postern.token.AccessTokenSigner;
import io.postern.vault.CredentialExplanation;
import io.postern.vault.VaultRefusal;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.Router;
import io.vertx.sqlclient.Pool;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** The admin API on a port and a database of its own, for one test class. */
public final class AdminServer implements BeforeAllCallback, AfterAllCallback {
  public static final String ISSUER = "https://gateway.example";
  public static final String AUDIENCE = AdminAuthenticator.AUDIENCE;
  public static final CryptoProvider CRYPTO = CryptoProvider.best();
  public static final JsonMapper JSON = new JsonMapper();
  public static final SecretHashKey HASH_KEY = new SecretHashKey("hash-key", new byte[32]);

  public static final SealingKeys VAULT_KEYS =
      SealingKeys.NONE.withOlder("vault-key", new byte[32]);

  /** How many hosted credentials there may be. */
  public static final int CREDENTIAL_LIMIT = 40;

  /** What stands for an encrypted private key. */
  public static final String SEALED = "the-private-part";

  /** Completes at once, until told not to at all. */
  private final AtomicReference<CompletableFuture<Boolean>> index =
      new AtomicReference<>(CompletableFuture.completedFuture(true));

  private final AtomicBoolean databaseAway = new AtomicBoolean();

  private final SigningKey signingKey =
      new SigningKeyGenerator(CRYPTO).generate(SignatureAlgorithm.ES256, SigningKey.State.ACTIVE);
  private final AccessTokenSigner signer = new AccessTokenSigner(CRYPTO);
  private final HttpClient client = HttpClient.newHttpClient();
  private final @Nullable Integer licenseLimit;
  private final @Nullable String databaseUrl;
  private final Vertx vertx = Vertx.vertx();
  private String jdbcUrl = "";
  private volatile boolean loaded = true;
  private int port;

  private AdminServer(@Nullable Integer licenseLimit, @Nullable String databaseUrl) {
    this.licenseLimit = licenseLimit;
    this.databaseUrl = databaseUrl;
  }

  /** With a new database. */
  public AdminServer() {
    this(null, null);
  }

  /** With a new database, and a limit to its applications. */
  public static AdminServer limitedTo(int applications) {
    return new AdminServer(applications, null);
  }

  /** With a database that is not there. */
  public static AdminServer withoutDatabase() {
    // port 1 of this machine refuses connections
    return new AdminServer(null, "postgresql://u:p@127.0.0.1:1/none");
  }

  @Override
  public void beforeAll(ExtensionContext context) throws Exception {
    String url = databaseUrl;
    if (url == null) {
      url = TestPostgres.newDatabase();
      new Schema(Database.parse(url)).migrate();
      URI uri = URI.create(url);
      String[] user = uri.getUserInfo().split(":", 2);
      jdbcUrl =
          "jdbc:postgresql://%s:%d%s?user=%s&password=%s"
              .formatted(uri.getHost(), uri.getPort(), uri.getPath(), user[0], user[1]);
      execute(
          "insert into data_key values ('hash-key', 'secret_hash', '\\x00'),"
              + " ('signing-key-key', 'signing_key', '\\x00'), ('vault-key', 'vault', '\\x00')");
    }
    start(Database.parse(url));
  }

  @Override
  public void afterAll(ExtensionContext context) {
    client.close();
    vertx.close().await();
  }

  private void start(Database database) {
    vertx
        .deployVerticle(
            new VerticleBase() {
              @Override
              public Future<?> start() {
                Pool pool = database.pool(vertx);
                Router router = Router.router(vertx);
                api(pool).mount(router, authenticator());
                return vertx
                    .createHttpServer()
                    .requestHandler(router)
                    .listen(0, "127.0.0.1")
                    .onSuccess(listening -> port = listening.actualPort());
              }
            },
            new DeploymentOptions().setThreadingModel(ThreadingModel.VIRTUAL_THREAD))
        .await();
  }

  private AdminApi api(Pool pool) {
    RevisionGate gate =
        (revision, atMost) ->
            index.get().copy().completeOnTimeout(false, atMost.toMillis(), TimeUnit.MILLISECONDS);
    return new AdminApi(
        AdminContract.load("1.2.3", ISSUER + "/oauth2/token"),
        pool,
        new OwnGateway(
            gate,
            () -> new IndexStatus(7, 2, 3, 4, Duration.ofMillis(1500)),
            new NobodyKnown(),
            new DecisionMemory(8, Instant.EPOCH),
            databaseAway::get),
        new KeySource(CRYPTO, () -> HASH_KEY, () -> VAULT_KEYS, AdminServer::newSigningKey),
        new License(licenseLimit),
        new VaultRules(new CredentialLimit(CREDENTIAL_LIMIT), false),
        Clock.systemUTC());
  }

  /** Knows no client. */
  private static final class NobodyKnown implements AccessExplainer {
    @Override
    public AccessExplanation explain(
        String clientId, String audience, String resource, String scope) {
      return new AccessExplanation(
          7, null, null, null, Refusal.UNKNOWN_CLIENT, 0, List.of(), null, List.of());
    }

    @Override
    public CredentialExplanation explainCredential(
        String clientId, String identifier, String scope) {
      var refused = new CredentialExplanation.Way(false, VaultRefusal.DISABLED_AGENT, 0);
      return new CredentialExplanation(
          explain(clientId, "", "", scope), identifier, null, refused, refused);
    }
  }

  private AdminAuthenticator authenticator() {
    return new AdminAuthenticator(
        CRYPTO,
        () -> loaded ? new SigningKeys(List.of(signingKey)) : SigningKeys.NONE,
        (clientId, scope) -> true,
        ISSUER,
        Clock.systemUTC());
  }

  /** A key whose encrypted private part is these words. */
  private static SealedSigningKey newSigningKey(SignatureAlgorithm algorithm) {
    SigningKey key = new SigningKeyGenerator(CRYPTO).generate(algorithm, SigningKey.State.PENDING);
    return new SealedSigningKey(
        key.kid(),
        algorithm.value(),
        key.publicJwk().toJSONString(),
        Buffer.buffer(SEALED),
        "signing-key-key");
  }

  /** From now on the index gets nothing new, until the future completes. */
  public void holdIndex(CompletableFuture<Boolean> until) {
    index.set(until);
  }

  /** Whether the sync knows that the database is away. */
  public void databaseAway(boolean away) {
    databaseAway.set(away);
  }

  /** Whether the index, and with it the signing keys, has been loaded. */
  public void loaded(boolean now) {
    loaded = now;
  }

  public SigningKey signingKey() {
    return signingKey;
  }

  public int port() {
    return port;
  }

  /** A token for the admin API with that scope. */
  public String token(String scope) {
    return token(ISSUER, AUDIENCE, scope, Instant.now(), Duration.ofMinutes(5));
  }

  public synchronized String token(
      String issuer, String audience, String scope, Instant issuedAt, Duration life) {
    long iat = issuedAt.getEpochSecond();
    return signer.sign(
        new AccessTokenClaims(
            issuer, "test-admin", audience, scope, iat, iat + life.toSeconds(), "jti"),
        signingKey);
  }

  public Answer get(String path, String... headers) throws Exception {
    return send("GET", path, null, headers);
  }

  public Answer post(String path, String body, String... headers) throws Exception {
    return send("POST", path, body, headers);
  }

  public Answer patch(String path, String body, String... headers) throws Exception {
    return send("PATCH", path, body, headers);
  }

  public Answer put(String path, String body, String... headers) throws Exception {
    return send("PUT", path, body, headers);
  }

  public Answer delete(String path, String... headers) throws Exception {
    return send("DELETE", path, null, headers);
  }

  /** Sends as an administrator with both scopes, JSON unless the headers say otherwise. */
  public Answer send(String method, String path, @Nullable String body, String... headers)
      throws Exception {
    List<String> all = new ArrayList<>(Arrays.asList(headers));
    if (!all.contains("Authorization")) {
      all.addAll(List.of("Authorization", "Bearer " + token("admin:read admin:write")));
    }
    if (body != null && !all.contains("Content-Type")) {
      all.addAll(List.of("Content-Type", "application/json"));
    }
    return sendAsIs(method, path, body, all.toArray(String[]::new));
  }

  /** Sends as an administrator, without waiting for the answer. */
  public CompletableFuture<Answer> sendAsync(
      String method, String path, @Nullable String body, String... headers) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return send(method, path, body, headers);
          } catch (Exception e) {
            throw new IllegalStateException(e);
          }
        },
        Thread::startVirtualThread);
  }

  /** Sends bytes as JSON, as an administrator with both scopes. */
  public Answer sendBytes(String method, String path, byte[] body) throws Exception {
    return sendAsIs(
        method,
        path,
        BodyPublishers.ofByteArray(body),
        "Authorization",
        "Bearer " + token("admin:read admin:write"),
        "Content-Type",
        "application/json");
  }

  /** Sends nothing but what is given. */
  public Answer sendAsIs(String method, String path, @Nullable String body, String... headers)
      throws Exception {
    return sendAsIs(
        method,
        path,
        body == null ? BodyPublishers.noBody() : BodyPublishers.ofString(body),
        headers);
  }

  private Answer sendAsIs(String method, String path, BodyPublisher body, String... headers)
      throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
            .timeout(Duration.ofSeconds(30))
            .method(method, body);
    if (headers.length > 0) {
      request.headers(headers);
    }
    HttpResponse<String> response = client.send(request.build(), BodyHandlers.ofString());
    JsonNode json = response.body().isEmpty() ? JSON.nullNode() : JSON.readTree(response.body());
    return new Answer(response.statusCode(), response, json);
  }

  /** Creates an agent and answers its {@code client_id}. */
  public String newAgent(String name) throws Exception {
    return post("/admin/v1/agents", "{\"name\": \"" + name + "\"}").text("client_id");
  }

  /** Creates a service and answers its {@code service_id}. */
  public String newService(String audience, String... scopes) throws Exception {
    List<String> elements = new ArrayList<>();
    for (String scope : scopes) {
      elements.add("{\"value\": \"" + scope + "\"}");
    }
    return post(
            "/admin/v1/services",
            "{\"name\": \"Service\", \"audience\": \"%s\", \"scopes\": %s}"
                .formatted(audience, elements))
        .text("service_id");
  }

  /** The first column of a query's rows, as text. */
  public List<String> query(String sql) throws Exception {
    try (Connection connection = DriverManager.getConnection(jdbcUrl);
        Statement statement = connection.createStatement();
        ResultSet rows = statement.executeQuery(sql)) {
      List<String> values = new ArrayList<>();
      while (rows.next()) {
        values.add(String.valueOf(rows.getString(1)));
      }
      return values;
    }
  }

  public void execute(String sql) throws Exception {
    try (Connection connection = DriverManager.getConnection(jdbcUrl);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  /** What a test does. */
  public interface Step {
    void run() throws Exception;
  }

  /** Runs the step while a transaction with that statement is open. */
  public void whileExecuting(String sql, Step step) throws Exception {
    try (Connection connection = DriverManager.getConnection(jdbcUrl);
        Statement statement = connection.createStatement()) {
      connection.setAutoCommit(false);
      statement.execute(sql);
      step.run();
      connection.rollback();
    }
  }

  /** What came back. */
  public record Answer(int status, HttpResponse<String> response, JsonNode json) {
    /** A member's text. */
    public String text(String member) {
      return json.path(member).asText();
    }

    public String header(String name) {
      return response.headers().firstValue(name).orElse("");
    }

    public long revision() {
      return Long.parseLong(header("Postern-Revision"));
    }

    /** Where its errors point to. */
    public List<String> pointers() {
      return json.path("errors").findValuesAsText("pointer");
    }
  }
}
