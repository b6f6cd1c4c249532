package io.postern.sync;

import io.postern.client.CredentialUses;
import io.postern.store.use.CredentialUseTable;
import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down now and then which credentials have been used: the way back from memory to the
 * database, outside of the change feed. What cannot be written is dropped. A virtual-thread
 * verticle, which writes once more when it stops.
 */
public final class CredentialUseWriter extends VerticleBase {
  /** By how much the time of a last use may be wrong, and what a crash may lose. */
  public static final Duration WINDOW = Duration.ofSeconds(30);

  private static final Logger LOG = LoggerFactory.getLogger(CredentialUseWriter.class);

  private final CredentialUses uses;
  private final CredentialUseTable table;
  private final Duration window;

  public CredentialUseWriter(CredentialUses uses, CredentialUseTable table, Duration window) {
    this.uses = uses;
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
    try {
      table.write(uses.drain());
    } catch (RuntimeException e) {
      LOG.warn("Last uses of credentials were not written down: {}", e.toString());
    }
  }
}
