package io.postern.store;

import io.vertx.core.Future;
import io.vertx.core.VerticleBase;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the tables of used assertions take turns. Every gateway tries every few seconds; PostgreSQL
 * knows when it is time and lets one of them do it. An event-loop verticle.
 */
public final class AssertionWindows extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(AssertionWindows.class);
  private static final Duration PAUSE = Duration.ofSeconds(10);
  private static final String LOCK_NOT_AVAILABLE = "55P03";

  private final Pool pool;
  private final Duration longestLife;

  /**
   * @param longestLife how long an assertion may be good at most, to the second
   */
  public AssertionWindows(Pool pool, Duration longestLife) {
    this.pool = pool;
    this.longestLife = longestLife;
  }

  @Override
  public Future<?> start() {
    vertx.setPeriodic(PAUSE.toMillis(), ignored -> rotate());
    return Future.succeededFuture();
  }

  private void rotate() {
    pool.preparedQuery("select rotate_used_assertions(make_interval(secs => $1))")
        .execute(Tuple.of((double) longestLife.toSeconds()))
        .onFailure(
            e -> {
              if (e instanceof PgException lock && LOCK_NOT_AVAILABLE.equals(lock.getSqlState())) {
                // uses go before, or a dump reads the table; there is time
                LOG.debug("The tables of used assertions are busy");
              } else {
                LOG.warn("The tables of used assertions did not take turns: {}", e.toString());
              }
            });
  }
}
