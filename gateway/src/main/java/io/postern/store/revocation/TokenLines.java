package io.postern.store.revocation;

import io.postern.change.Revision;
import io.postern.store.database.FailureReason;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.pgclient.PgException;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import io.vertx.sqlclient.Tuple;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Draws the lines of tokens that their clients end. To be used on event loops: it does not block.
 * Thread-safe.
 *
 * <p>{@value #AT_ONCE} are drawn at a time, so that the connections of the pool are left to others
 * too; {@value #WAITING} more wait, and what comes then fails at once.
 */
public final class TokenLines {
  private static final Logger LOG = LoggerFactory.getLogger(TokenLines.class);

  /** How far the clock of a gateway that verifies may be behind. */
  private static final Duration CLOCKS = Duration.ofMinutes(2);

  private static final int AT_ONCE = 4;
  private static final int WAITING = 500;

  // the line of a token has no end before its own: nothing else is issued under its jti
  private static final String DRAW =
      """
      insert into not_before_line (kind, id, not_before, ends_at, revocation_id, reason)
      select 'token', $1, 'infinity', $2::timestamptz, revocation_id(), 'revoked by its client'
        from (select set_config('postern.actor', $3, true),
                     set_config('postern.source', $4, true)) author
      on conflict (line) do update
         set ends_at = greatest(not_before_line.ends_at, excluded.ends_at)
      returning revision
      """;

  private record Draw(Tuple parameters, Promise<Revision> drawn) {}

  private final Pool pool;
  private final Semaphore free = new Semaphore(AT_ONCE);
  private final Queue<Draw> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicInteger asked = new AtomicInteger();

  public TokenLines(Pool pool) {
    this.pool = pool;
  }

  /**
   * Ends a token.
   *
   * @param jti the token's
   * @param expiresAt the token's; its line goes some minutes later
   * @param clientId who ends it, for the audit
   * @param source where the request comes from, for the audit
   * @return the revision that includes the line, on any thread; fails when PostgreSQL does, or when
   *     too many wait
   */
  public Future<Revision> end(String jti, Instant expiresAt, String clientId, String source) {
    if (asked.incrementAndGet() > AT_ONCE + WAITING) {
      asked.decrementAndGet();
      return Future.failedFuture(new RejectedExecutionException("too many lines are being drawn"));
    }
    Draw draw =
        new Draw(
            Tuple.of(jti, expiresAt.plus(CLOCKS).atOffset(ZoneOffset.UTC), clientId, source),
            Promise.promise());
    waiting.add(draw);
    next();
    return draw.drawn.future();
  }

  private void next() {
    while (!waiting.isEmpty() && free.tryAcquire()) {
      Draw draw = waiting.poll();
      if (draw == null) {
        free.release();
      } else {
        run(draw);
      }
    }
  }

  private void run(Draw draw) {
    pool.preparedQuery(DRAW)
        .execute(draw.parameters)
        .map(TokenLines::revision)
        .onComplete(
            done -> {
              free.release();
              asked.decrementAndGet();
              next();
              if (done.succeeded()) {
                draw.drawn.complete(done.result());
              } else {
                if (done.cause() instanceof PgException refused) {
                  LOG.warn("The line of a token was not drawn: {}", FailureReason.of(refused));
                }
                draw.drawn.fail(done.cause());
              }
            });
  }

  private static Revision revision(RowSet<Row> rows) {
    return new Revision(rows.iterator().next().getLong(0));
  }
}
