package io.postern.sync;

import io.postern.decision.CredentialUsage;
import io.postern.store.vault.UsageTable;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down now and then what agents have done with hosted credentials. What cannot be written is
 * kept for the next time; what a crash loses is what came since the last. A virtual-thread
 * verticle, which writes once more when it stops.
 */
public final class CredentialUsageWriter extends VerticleBase {
  /** What a crash may lose. */
  public static final Duration WINDOW = Duration.ofSeconds(10);

  private static final Logger LOG = LoggerFactory.getLogger(CredentialUsageWriter.class);

  private final CredentialUsage usage;
  private final UsageTable table;
  private final Duration window;

  public CredentialUsageWriter(CredentialUsage usage, UsageTable table, Duration window) {
    this.usage = usage;
    this.table = table;
    this.window = window;
  }

  @Override
  public Future<?> start() {
    vertx.setPeriodic(window.toMillis(), ignored -> write());
    return Future.succeededFuture();
  }

  @Override
  public Future<?> stop() {
    write();
    return Future.succeededFuture();
  }

  private void write() {
    Map<CredentialUsage.Key, CredentialUsage.Counts> counts = usage.drain();
    try {
      table.add(counts);
    } catch (RuntimeException e) {
      LOG.warn("The use of hosted credentials is written down later: {}", e.toString());
      usage.putBack(counts);
    }
  }
}
