package io.postern;

import io.micrometer.core.instrument.MeterRegistry;
import io.postern.admin.AdminApi;
import io.postern.admin.contract.AdminContract;
import io.postern.admin.protocol.AdminAuthenticator;
import io.postern.admin.protocol.IndexStatus;
import io.postern.change.RevisionGate;
import io.postern.client.AssertionRules;
import io.postern.client.AssertionVerifier;
import io.postern.client.AttemptLimiter;
import io.postern.client.ClientAuthenticator;
import io.postern.client.CredentialUses;
import io.postern.client.InMemoryReplayGuard;
import io.postern.client.RegisteredClient;
import io.postern.client.ReplayGuard;
import io.postern.client.SecretVerifier;
import io.postern.client.TokenRateLimiter;
import io.postern.crypto.CryptoProvider;
import io.postern.crypto.RandomIds;
import io.postern.decision.DecisionListener;
import io.postern.decision.DecisionLog;
import io.postern.decision.DecisionMetrics;
import io.postern.decision.DecisionSettings;
import io.postern.grant.Grant;
import io.postern.http.AccessLog;
import io.postern.http.ClientSource;
import io.postern.http.HealthEndpoint;
import io.postern.http.MetricsEndpoint;
import io.postern.http.PublicListener;
import io.postern.http.Traffic;
import io.postern.http.WorkerThreads;
import io.postern.index.GrantIndex;
import io.postern.index.IndexImage;
import io.postern.jose.DecoyKeys;
import io.postern.replay.BatchMeters;
import io.postern.replay.BatchedReplayGuard;
import io.postern.replay.CountedReplayGuard;
import io.postern.replay.RedisReplayStore;
import io.postern.replay.ReplayStore;
import io.postern.store.FirstStart;
import io.postern.store.audit.Retention;
import io.postern.store.database.SchemaHistory;
import io.postern.store.database.Transactions;
import io.postern.store.feed.FeedPruning;
import io.postern.store.keys.Keyring;
import io.postern.store.keys.SigningKeyRotation;
import io.postern.store.replica.ReplicaTable;
import io.postern.store.use.AssertionWindows;
import io.postern.store.use.CredentialUseTable;
import io.postern.store.use.PostgresReplayStore;
import io.postern.sync.CredentialUseWriter;
import io.postern.sync.IndexSync;
import io.postern.sync.PeriodicTask;
import io.postern.sync.PublishedRevisions;
import io.postern.sync.ReplicaPresence;
import io.postern.sync.SyncMetrics;
import io.postern.tls.ClientCertificates;
import io.postern.tls.ServerTls;
import io.postern.tls.TlsFiles;
import io.postern.tls.UnfitTlsFileException;
import io.postern.token.AccessTokenSigner;
import io.postern.token.SlowSigner;
import io.postern.token.TokenExplainer;
import io.postern.token.TokenIssuer;
import io.vertx.core.DeploymentOptions;
import io.vertx.core.Future;
import io.vertx.core.ThreadingModel;
import io.vertx.core.Vertx;
import io.vertx.ext.web.Router;
import io.vertx.sqlclient.Pool;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A whole gateway: what it is made of, and the order in which its parts start and stop. */
public final class Gateway implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);
  private static final DeploymentOptions ON_VIRTUAL_THREAD =
      new DeploymentOptions().setThreadingModel(ThreadingModel.VIRTUAL_THREAD);

  private static final Duration DATABASE_AWAY_AFTER = Duration.ofSeconds(3);
  private static final Duration TLS_FILES_READ_EVERY = Duration.ofSeconds(2);

  private final InstrumentedVertx instrumented;
  private final Vertx vertx;
  private final GatewaySettings settings;
  private final FirstStart.Seed seed;
  private final Clock clock;
  // deployment ids, in the order of their start
  private final List<String> deployments = new ArrayList<>();
  private final PublishedRevisions published = new PublishedRevisions();
  private final TokenRateLimiter rateLimiter = new TokenRateLimiter();
  private volatile boolean accepting;
  private volatile boolean draining;
  private final ClientSource clientSource;
  private final @Nullable AccessLog accessLog;
  private @Nullable Pool pool;
  private @Nullable MetricsEndpoint metrics;
  private @Nullable WorkerThreads signingThreads;
  private @Nullable DecisionLog decisionLog;

  /**
   * @param instrumented with as many event loops as the settings say
   * @param seed further rows for a new database
   */
  public Gateway(
      InstrumentedVertx instrumented, GatewaySettings settings, FirstStart.Seed seed, Clock clock) {
    this.instrumented = instrumented;
    this.vertx = instrumented.vertx();
    this.settings = settings;
    this.seed = seed;
    this.clock = clock;
    this.clientSource = new ClientSource(settings.trustedProxies());
    this.accessLog = settings.telemetry().accessLog() ? new AccessLog(clientSource) : null;
  }

  /** Starts all parts and returns when requests are answered. Not on an event loop: it blocks. */
  public void start() throws UnfitTlsFileException {
    LOG.info(
        "Starting Postern {} with {} event loops on Java {}",
        version(),
        settings.eventLoops(),
        Runtime.version());
    CryptoProvider crypto = settings.crypto();
    crypto.passedOver().forEach(reason -> LOG.warn("Cryptography will be slower: {}", reason));
    LOG.info("Cryptography by {} (asked for: {})", crypto, crypto.choice());
    // meanwhile, as it takes long in a young process
    CompletableFuture<AdminContract> contract =
        CompletableFuture.supplyAsync(
            () -> AdminContract.load(version(), settings.issuer().tokenEndpoint()));
    Pool connections = settings.database().pool(vertx);
    pool = connections;
    SchemaHistory.requireCurrent(connections, settings.database());
    FirstStart.Result prepared =
        new FirstStart(settings.masterKeys(), crypto)
            .prepare(connections, settings.bootstrapAdminSecret(), seed);
    switch (prepared.administrator()) {
      case PRESENT -> {}
      case CREATED -> LOG.info("Created the administrator {}", FirstStart.ADMINISTRATOR);
      case RESTORED -> LOG.warn("Restored the administrator {}", FirstStart.ADMINISTRATOR);
      case MISSING ->
          LOG.error(
              "There is no administrator: set POSTERN_BOOTSTRAP_ADMIN_SECRET to a secret that {}"
                  + " has not had or, if it was deleted, grant admin:write by SQL",
              FirstStart.ADMINISTRATOR);
    }

    GrantIndex index = new GrantIndex();
    MetricsEndpoint metrics =
        new MetricsEndpoint(instrumented.meters(), index, crypto, version(), clock);
    this.metrics = metrics;
    ReplicaPresence presence =
        new ReplicaPresence(settings.database(), identity(crypto.secureRandom()));
    IndexSync sync =
        new IndexSync(
            settings.database(),
            prepared.keyring(),
            index,
            published,
            presence,
            settings.maxStaleness(),
            new SyncMetrics(metrics.meters()));

    // stopped last: others count on this gateway until it issues no more
    deployments.add(vertx.deployVerticle(presence, ON_VIRTUAL_THREAD).await());
    deployments.add(vertx.deployVerticle(sync, ON_VIRTUAL_THREAD).await());
    // after the sync, and so stopped before it: an admin write waits for the index
    startManagement(contract.join(), index, sync, connections, prepared.keyring(), crypto, metrics);
    sync.loaded().await();
    ReplayGuard replayGuard = startReplayGuard(crypto, connections, metrics.meters());
    startPublic(index, connections, prepared.keyring(), crypto, replayGuard, metrics);
    FeedPruning pruning = new FeedPruning(new Transactions(connections), settings.feedRetention());
    repeat("The pruning of the change feed", Duration.ofMinutes(1), pruning::run);
    Retention retention =
        new Retention(new Transactions(connections), settings.audit().retention());
    repeat("The pruning of the audit", Duration.ofMinutes(10), retention::run);
    SigningKeyRotation rotation =
        new SigningKeyRotation(
            new Transactions(connections), prepared.keyring(), settings.signingKeys().intervals());
    repeat(
        "The rotation of signing keys",
        Duration.ofSeconds(2),
        () -> rotation.run().forEach(step -> LOG.info("{}", step.told())));
    accepting = true;
    LOG.info(
        "Ready: issuer {}, public on {}, management on {}",
        settings.issuer(),
        settings.http(),
        settings.management());
    metrics.addJvm();
  }

  private void repeat(String name, Duration interval, Runnable work) {
    PeriodicTask task = new PeriodicTask(name, interval, work);
    deployments.add(vertx.deployVerticle(task, ON_VIRTUAL_THREAD).await());
  }

  private ReplicaTable.Identity identity(SecureRandom random) {
    byte[] id = new byte[8];
    random.nextBytes(id);
    String host;
    try {
      host = InetAddress.getLocalHost().getHostName();
    } catch (UnknownHostException e) {
      host = settings.http().host();
    }
    // a letter first, so that it can stand as a token in a structured header
    return new ReplicaTable.Identity(
        "r" + HexFormat.of().formatHex(id),
        host + ":" + settings.http().port(),
        settings.maxStaleness(),
        settings.signingKeys().jwksMaxAge());
  }

  /** The version, from the manifest of the jar, which the build writes. */
  public static String version() {
    String version = Gateway.class.getPackage().getImplementationVersion();
    return version == null ? "(not packaged)" : version;
  }

  /** Tells when this gateway answers requests by a revision. */
  public RevisionGate revisions() {
    return published;
  }

  private void startManagement(
      AdminContract contract,
      GrantIndex index,
      IndexSync sync,
      Pool connections,
      Keyring keyring,
      CryptoProvider crypto,
      MetricsEndpoint metrics)
      throws UnfitTlsFileException {
    Router router = Router.router(vertx);
    if (accessLog != null) {
      accessLog.mount(router);
    }
    new HealthEndpoint(index, settings.maxStaleness(), () -> accepting).mount(router);
    TlsFiles tlsFiles = settings.tls().management();
    ServerTls tls = tlsFiles == null ? null : tls("management", tlsFiles, metrics);
    if (tlsFiles != null && tlsFiles.clientAuthorities() != null) {
      ClientCertificates.require(router);
    }
    metrics.mount(router);
    AdminAuthenticator authenticator =
        new AdminAuthenticator(
            crypto,
            () -> index.image().signingKeys(),
            (clientId, scope) -> administers(index.image(), clientId, scope),
            settings.issuer().identifier(),
            clock);
    new AdminApi(
            contract,
            connections,
            published,
            () -> status(index),
            (clientId, audience, scope) -> explainer(index).explain(clientId, audience, scope),
            () -> isDatabaseAway(index, sync),
            authenticator,
            () -> keyring.secretHashKeys().getFirst(),
            keyring::newSigningKey,
            crypto,
            settings.licenseLimit(),
            clock)
        .mount(router);
    GatewaySettings.Listener at = settings.management();
    deployments.add(
        vertx
            .deployVerticle(
                new ManagementListener(at.host(), at.port(), router, tls), ON_VIRTUAL_THREAD)
            .await());
  }

  private ServerTls tls(String listener, TlsFiles files, MetricsEndpoint metrics)
      throws UnfitTlsFileException {
    ServerTls tls = new ServerTls(listener, files, metrics.meters(), clock);
    repeat("The reading of TLS files", TLS_FILES_READ_EVERY, tls::reload);
    return tls;
  }

  private boolean administers(IndexImage image, String clientId, String scope) {
    RegisteredClient client = image.findClient(clientId);
    Grant grant =
        client == null ? null : client.findGrant(AdminAuthenticator.AUDIENCE, clock.instant());
    return client != null && client.active() && grant != null && grant.scopes().contains(scope);
  }

  // A lost connection alone may be back at once; while much is read, the sync is in step.
  private static boolean isDatabaseAway(GrantIndex index, IndexSync sync) {
    return !sync.isInStep()
        && index.staleness(System.nanoTime()).compareTo(DATABASE_AWAY_AFTER) > 0;
  }

  private IndexStatus status(GrantIndex index) {
    IndexImage image = index.image();
    return new IndexStatus(
        image.revision().number(),
        image.clientCount(),
        image.resourceCount(),
        image.countGrants(),
        index.staleness(System.nanoTime()));
  }

  private TokenExplainer explainer(GrantIndex index) {
    boolean stale = index.staleness(System.nanoTime()).compareTo(settings.maxStaleness()) > 0;
    return new TokenExplainer(index.image(), stale, rateLimiter, clock.instant());
  }

  private ReplayGuard startReplayGuard(
      CryptoProvider crypto, Pool connections, MeterRegistry meters) {
    GatewaySettings.Assertions assertions = settings.assertions();
    return switch (assertions.memory()) {
      case GatewaySettings.ReplayMemory.InProcess process ->
          new CountedReplayGuard(
              new InMemoryReplayGuard(crypto, process.capacity()), "memory", meters);
      case GatewaySettings.ReplayMemory.Redis redis ->
          startReplayGuard(new RedisReplayStore(redis.server()), crypto, meters);
      case GatewaySettings.ReplayMemory.Postgresql ignored -> {
        Duration longestLife = assertions.maxAge().plus(assertions.clockSkew().multipliedBy(2));
        repeat(
            "The turn of the used assertions' tables",
            Duration.ofSeconds(10),
            new AssertionWindows(connections, longestLife)::rotate);
        yield startReplayGuard(
            new PostgresReplayStore(settings.database(), BatchedReplayGuard.BATCH_TIMEOUT),
            crypto,
            meters);
      }
    };
  }

  private ReplayGuard startReplayGuard(
      ReplayStore store, CryptoProvider crypto, MeterRegistry meters) {
    BatchedReplayGuard guard =
        new BatchedReplayGuard(store, crypto, clock, new BatchMeters(meters, store));
    deployments.add(vertx.deployVerticle(guard).await());
    return new CountedReplayGuard(guard, store.name(), meters);
  }

  private void startPublic(
      GrantIndex index,
      Pool connections,
      Keyring keyring,
      CryptoProvider crypto,
      ReplayGuard replayGuard,
      MetricsEndpoint metrics)
      throws UnfitTlsFileException {
    GatewaySettings.Assertions assertions = settings.assertions();
    AssertionRules rules =
        new AssertionRules(
            settings.issuer().identifier(),
            settings.issuer().tokenEndpoint(),
            assertions.maxAge(),
            assertions.clockSkew());
    DecoyKeys decoys = new DecoyKeys(crypto);
    AttemptLimiter limiter = new AttemptLimiter();
    CredentialUses uses = new CredentialUses();
    // before the listener, and so stopped after it: the last uses are written then
    deployments.add(
        vertx
            .deployVerticle(
                new CredentialUseWriter(
                    uses, new CredentialUseTable(connections), CredentialUseWriter.WINDOW),
                ON_VIRTUAL_THREAD)
            .await());
    Traffic traffic = new Traffic();
    metrics.addTraffic(traffic);
    WorkerThreads threads = new WorkerThreads(vertx, settings.eventLoops());
    signingThreads = threads;
    SlowSigner slowSigner = new SlowSigner(crypto, threads);
    TlsFiles tlsFiles = settings.tls().http();
    ServerTls tls = tlsFiles == null ? null : tls("public", tlsFiles, metrics);
    DecisionListener decisions = startDecisions(metrics);
    deployments.add(
        vertx
            .deployVerticle(
                () ->
                    new PublicListener(
                        settings.issuer(),
                        settings.http().host(),
                        settings.http().port(),
                        index,
                        // what is confined to a thread is made anew for each event loop
                        new TokenIssuer(
                            settings.issuer().identifier(),
                            new ClientAuthenticator(
                                new SecretVerifier(crypto, keyring::secretHashKeys),
                                new AssertionVerifier(rules, crypto, decoys),
                                replayGuard,
                                limiter,
                                uses),
                            new AccessTokenSigner(crypto),
                            slowSigner,
                            rateLimiter,
                            crypto.secureRandom()),
                        decisions,
                        instrumented.tracing().tokenSpans(),
                        new RandomIds(crypto.secureRandom()),
                        traffic,
                        settings.maxConnections(),
                        () -> draining,
                        clientSource,
                        settings.maxStaleness(),
                        settings.signingKeys().jwksMaxAge(),
                        settings.drain().timeout(),
                        tls,
                        clock,
                        accessLog),
                new DeploymentOptions().setInstances(settings.eventLoops()))
            .await());
  }

  private DecisionListener startDecisions(MetricsEndpoint metrics) {
    DecisionSettings wanted = settings.decisions();
    List<DecisionListener> listeners = new ArrayList<>();
    if (wanted.metrics()) {
      listeners.add(new DecisionMetrics(metrics.meters(), metrics.prometheus()));
    }
    DecisionLog log = DecisionLog.start(wanted, metrics.meters());
    decisionLog = log;
    if (log != null) {
      listeners.add(log);
    }
    return DecisionListener.all(listeners);
  }

  /**
   * Stops all parts: readiness goes down first, accepted requests are answered, then the rest is
   * closed. Not on an event loop: it blocks.
   */
  @Override
  public void close() {
    accepting = false;
    draining = true;
    LOG.info("Draining");
    if (settings.drain().delay().isPositive()) {
      vertx.timer(settings.drain().delay().toMillis(), TimeUnit.MILLISECONDS).await();
    }
    for (String id : deployments.reversed()) {
      quietly(() -> vertx.undeploy(id));
    }
    WorkerThreads threads = signingThreads;
    if (threads != null) {
      quietly(threads::close);
    }
    DecisionLog log = decisionLog;
    if (log != null) {
      // the last requests are answered: what was decided is all in it
      log.close();
    }
    Pool connections = pool;
    if (connections != null) {
      quietly(connections::close);
    }
    MetricsEndpoint measured = metrics;
    if (measured != null) {
      measured.close();
    }
    LOG.info("Stopped");
  }

  // One part that does not stop in good order must not keep the others from it.
  private static void quietly(Supplier<Future<?>> stop) {
    try {
      stop.get().await();
    } catch (Throwable e) {
      LOG.warn("A part did not stop in good order", e);
    }
  }
}
