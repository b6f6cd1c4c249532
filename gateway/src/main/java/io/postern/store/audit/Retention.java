package io.postern.store.audit;

import io.postern.store.database.Portions;
import io.postern.store.database.Transactions;
import java.time.Duration;

/**
 * Forgets audit events that are older than they are to be kept, and answers that are kept for
 * repeated requests. One gateway does it for all. To be used on virtual threads.
 */
public final class Retention {
  // any number that no other advisory lock of Postern has
  static final long LOCK = 0x706f_7374_6f6c_6421L;

  private static final int PORTION = 10_000;

  // oldest first, so that what is left is whole
  private static final String DELETE_EVENTS =
      """
      delete from audit_event
       where ctid = any (array(select ctid from audit_event
                                where occurred_at < now() - make_interval(secs => $2)
                                order by occurred_at limit $1))
      """;

  private final Portions portions;
  private final Duration auditRetention;

  /**
   * @param auditRetention how long audit events are kept; zero for ever
   */
  public Retention(Transactions transactions, Duration auditRetention) {
    this.portions = new Portions(transactions, LOCK);
    this.auditRetention = auditRetention;
  }

  /**
   * Forgets what is old enough now.
   *
   * @return how many audit events are gone; 0 when another gateway is about it
   */
  public long run() {
    portions.run(statements -> statements.count(IdempotencyTable.SWEEP, PORTION));
    return auditRetention.isZero()
        ? 0
        : portions.run(
            statements ->
                statements.count(DELETE_EVENTS, PORTION, (double) auditRetention.toSeconds()));
  }
}
