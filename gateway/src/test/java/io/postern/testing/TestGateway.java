package io.postern.testing;

import io.postern.Gateway;
import io.postern.GatewaySettings;
import io.postern.InstrumentedVertx;
import io.postern.admin.registry.License;
import io.postern.admin.vault.CredentialLimit;
import io.postern.crypto.CryptoProvider;
import io.postern.crypto.MasterKeys;
import io.postern.decision.DecisionMemory;
import io.postern.decision.DecisionSettings;
import io.postern.http.ListenerSettings;
import io.postern.oauth.Issuer;
import io.postern.relay.RelaySettings;
import io.postern.replay.AssertionSettings;
import io.postern.replay.ReplayMemory;
import io.postern.store.FirstStart;
import io.postern.store.audit.AuditSettings;
import io.postern.store.database.Database;
import io.postern.store.database.Schema;
import io.postern.store.keys.SigningKeyRotation;
import io.postern.store.keys.SigningKeySettings;
import io.postern.sync.IndexSettings;
import io.postern.tls.TlsSettings;
import io.postern.tls.UnfitTlsFileException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/**
 * A real gateway in this process, on free ports of the loopback, with a database of its own.
 * Reached over HTTP only; {@link #registry} writes rows beside it as any other writer would.
 */
public final class TestGateway implements AutoCloseable {
  /** The secret of {@code postern-admin}. */
  public static final String ADMIN_SECRET = "bootstrap-secret-of-the-tests-0123456789";

  /** The wrapping key of every test database. */
  public static final String MASTER_KEY = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

  private static final String LOOPBACK = "127.0.0.1";

  private static final int FIRST_PORT = 10_000;

  private static final int PORTS = 22_000;

  private static final AtomicInteger NEXT_PORT =
      new AtomicInteger((int) (ProcessHandle.current().pid() * 1_009 % PORTS));

  private final InstrumentedVertx vertx;
  private final Gateway gateway;
  private final GatewaySettings settings;
  private final TestRegistry registry;
  private final String databaseUrl;
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(10)).build();

  private TestGateway(
      InstrumentedVertx vertx,
      Gateway gateway,
      GatewaySettings settings,
      TestRegistry registry,
      String databaseUrl) {
    this.vertx = vertx;
    this.gateway = gateway;
    this.settings = settings;
    this.registry = registry;
    this.databaseUrl = databaseUrl;
  }

  /** Starts a gateway with default settings on a new database. */
  public static TestGateway start() {
    return start(settings -> settings);
  }

  /** Starts a gateway on a new database with changed settings. */
  public static TestGateway start(UnaryOperator<GatewaySettings> change) {
    return start(TestPostgres.newDatabase(), change);
  }

  /** Starts a gateway, one of perhaps several, on a database. */
  public static TestGateway start(String databaseUrl, UnaryOperator<GatewaySettings> change) {
    return start(databaseUrl, change, Clock.systemUTC());
  }

  /** The same with a clock of its own. */
  public static TestGateway start(
      String databaseUrl, UnaryOperator<GatewaySettings> change, Clock clock) {
    Database database = Database.parse(databaseUrl);
    new Schema(database).migrate();
    int port = freePort();
    GatewaySettings settings =
        change.apply(
            new GatewaySettings(
                new Issuer("http://" + LOOPBACK + ":" + port),
                new ListenerSettings(
                    new ListenerSettings.Address(LOOPBACK, port),
                    new ListenerSettings.Address(LOOPBACK, freePort()),
                    2,
                    20_000,
                    List.of(),
                    List.of(),
                    new ListenerSettings.Drain(Duration.ZERO, Duration.ofSeconds(5)),
                    false),
                TlsSettings.NONE,
                database,
                MasterKeys.parse(MASTER_KEY),
                CryptoProvider.best(),
                ADMIN_SECRET,
                new IndexSettings(Duration.ofMinutes(5), Duration.ofHours(24)),
                new SigningKeySettings(
                    Duration.ofMinutes(5), SigningKeyRotation.Intervals.of(Duration.ZERO)),
                AuditSettings.FOR_EVER,
                new License(null),
                new CredentialLimit(10_000),
                new AssertionSettings(
                    Duration.ofMinutes(5), Duration.ofSeconds(10), new ReplayMemory.Postgresql()),
                DecisionSettings.DEFAULT,
                RelaySettings.DEFAULT,
                null));
    InstrumentedVertx vertx = InstrumentedVertx.start(settings);
    Gateway gateway = new Gateway(vertx, settings, FirstStart.Seed.NONE, clock);
    try {
      gateway.start();
    } catch (UnfitTlsFileException e) {
      throw new IllegalStateException(e);
    }
    TestRegistry registry =
        new TestRegistry(databaseUrl, settings.masterKeys(), gateway.revisions());
    return new TestGateway(vertx, gateway, settings, registry, databaseUrl);
  }

  /** The rows of its database. */
  public TestRegistry registry() {
    return registry;
  }

  /** The URL of its database. */
  public String databaseUrl() {
    return databaseUrl;
  }

  /** What it has decided last. */
  public DecisionMemory decisions() {
    return gateway.decisions();
  }

  /** What it was started with. */
  public GatewaySettings settings() {
    return settings;
  }

  public String issuer() {
    return settings.issuer().identifier();
  }

  public URI tokenEndpoint() {
    return publicUri(settings.issuer().path() + "/oauth2/token");
  }

  public URI jwksUri() {
    return URI.create(settings.issuer().jwksUri());
  }

  /** A URI of the public listener, path from its root. */
  public URI publicUri(String path) {
    return URI.create(
        (settings.tls().http() == null ? "http://" : "https://")
            + settings.listeners().http()
            + path);
  }

  /** A URI of the management listener. */
  public URI managementUri(String path) {
    return URI.create(
        (settings.tls().management() == null ? "http://" : "https://")
            + settings.listeners().management()
            + path);
  }

  /** Sends a request. */
  public HttpResponse<String> send(HttpRequest request) {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** GETs a URI. */
  public HttpResponse<String> get(URI uri) {
    return send(HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(30)).build());
  }

  @Override
  public void close() {
    gateway.close();
    vertx.close();
    registry.close();
    http.close();
  }

  /**
   * A port that nobody listens on. None is given twice, and the system gives none of these to
   * outgoing connections: both would be taken now and then between this call and its use.
   */
  public static int freePort() {
    int port = FIRST_PORT + NEXT_PORT.getAndIncrement() % PORTS;
    try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (BindException e) {
      return freePort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
