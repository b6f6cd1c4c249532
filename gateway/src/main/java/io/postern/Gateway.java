package io.postern;

import io.postern.admin.contract.AdminContract;
import io.postern.change.RevisionGate;
import io.postern.crypto.CryptoProvider;
import io.postern.decision.DecisionMemory;
import io.postern.store.FirstStart;
import io.postern.sync.PublishedRevisions;
import io.postern.tls.UnfitTlsFileException;
import java.time.Clock;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A whole gateway: the order in which its sides start and stop. It may be closed at any time, from
 * another thread, also while it starts.
 */
public final class Gateway implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Gateway.class);

  private enum Phase {
    STARTING,
    ACCEPTING,
    DRAINING
  }

  private final InstrumentedVertx instrumented;
  private final GatewaySettings settings;
  private final FirstStart.Seed seed;
  private final Clock clock;
  private final Parts parts;
  private final DecisionMemory decisions;
  private final PublishedRevisions published = new PublishedRevisions();
  private volatile Phase phase = Phase.STARTING;

  /**
   * @param instrumented with as many event loops as the settings say
   * @param seed further rows for a new database
   */
  public Gateway(
      InstrumentedVertx instrumented, GatewaySettings settings, FirstStart.Seed seed, Clock clock) {
    this.instrumented = instrumented;
    this.settings = settings;
    this.seed = seed;
    this.clock = clock;
    this.parts = new Parts(instrumented.vertx());
    this.decisions = new DecisionMemory(settings.decisions().memory(), clock.instant());
  }

  /** Starts all sides and returns when requests are answered. Not on an event loop: it blocks. */
  public void start() throws UnfitTlsFileException {
    LOG.info(
        "Starting Postern {} with {} event loops on Java {}",
        Version.current(),
        settings.listeners().eventLoops(),
        Runtime.version());
    CryptoProvider crypto = settings.crypto();
    crypto.passedOver().forEach(reason -> LOG.warn("Cryptography will be slower: {}", reason));
    LOG.info("Cryptography by {} (asked for: {})", crypto, crypto.choice());
    // meanwhile, as it takes long in a young process
    CompletableFuture<AdminContract> contract =
        CompletableFuture.supplyAsync(
            () -> AdminContract.load(Version.current(), settings.issuer().tokenEndpoint()));
    Foundation base = Foundation.lay(instrumented, settings, seed, clock, parts, decisions);
    IndexSide index = IndexSide.start(base, published);
    // after the sync, and so stopped before it: an admin write waits for the index
    new ManagementSide(base, index, published)
        .start(contract.join(), () -> phase == Phase.ACCEPTING);
    index.awaitLoaded();
    PublicSide.start(base, published, () -> phase == Phase.DRAINING);
    Upkeep.start(base);
    accept();
    LOG.info(
        "Ready: issuer {}, public on {}, management on {}",
        settings.issuer(),
        settings.listeners().http(),
        settings.listeners().management());
    base.metrics().addJvm();
  }

  // a stop that came meanwhile stands
  private synchronized void accept() {
    if (phase == Phase.STARTING) {
      phase = Phase.ACCEPTING;
    }
  }

  private synchronized Phase drain() {
    Phase before = phase;
    phase = Phase.DRAINING;
    return before;
  }

  /** Tells when this gateway answers requests by a revision. */
  public RevisionGate revisions() {
    return published;
  }

  /** What this gateway's token endpoint has decided last. */
  public DecisionMemory decisions() {
    return decisions;
  }

  /**
   * Stops all sides: readiness goes down first, accepted requests are answered, then the rest is
   * closed. Not on an event loop: it blocks.
   */
  @Override
  public void close() {
    Phase before = drain();
    LOG.info("Draining");
    long delay = settings.listeners().drain().delay().toMillis();
    // nobody was told to send requests before
    if (before == Phase.ACCEPTING && delay > 0) {
      instrumented.vertx().timer(delay, TimeUnit.MILLISECONDS).await();
    }
    parts.stop();
    LOG.info("Stopped");
  }
}
