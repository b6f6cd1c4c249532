package io.postern.store.feed;

import io.postern.store.database.Portions;
import io.postern.store.database.Statements;
import io.postern.store.database.Transactions;
import io.postern.store.replica.ReplicaTable;
import java.time.Duration;

/**
 * Forgets what is older than the change feed is to go back, but nothing that a live gateway has not
 * applied yet. One gateway does it for all. To be used on virtual threads.
 *
 * <p>First the head says from where the feed goes on, which is all that writers may have to wait
 * for; then the rows before that go, a portion at a time. A reader is in one snapshot, in which
 * both are there or the head says that they may be gone.
 */
public final class FeedPruning {
  // any number that no other advisory lock of Postern has
  static final long LOCK = 0x706f_7374_6665_6564L;

  private static final int PORTION = 10_000;

  /**
   * The greatest revision of a portion that is old enough, or what the slowest replica answers by
   * if that is less. One that reads everything at the moment goes on from its end, wherever that
   * is.
   */
  private static final String ADVANCE =
      """
      update feed_head h set pruned_through = to_prune.revision
        from (select least(old.revision, applied.revision) as revision
                from (select max(p.revision) as revision
                        from (select revision, committed_at from feed_revision
                               where revision > (select pruned_through from feed_head)
                               order by revision limit $1) p
                       where p.committed_at < clock_timestamp() - make_interval(secs => $2)) old,
                     (select min(case when %s then r.applied_revision else 0 end) as revision
                        from replica r where %s) applied
               where old.revision is not null) to_prune
       where to_prune.revision > h.pruned_through
      """
          .formatted(ReplicaTable.STANDS, ReplicaTable.LIVE);

  private static final String DELETE_CHANGES =
      """
      delete from change_feed
       where ctid = any (array(select ctid from change_feed
                                where revision <= (select pruned_through from feed_head)
                                order by revision limit $1))
      """;

  // The row of the revision that the feed is pruned through stays: a reader there can go on.
  private static final String DELETE_REVISIONS =
      """
      delete from feed_revision
       where ctid = any (array(select ctid from feed_revision
                                where revision < (select pruned_through from feed_head)
                                order by revision limit $1))
      """;

  private static final String DELETE_DEAD_REPLICAS =
      """
      delete from replica r
       where r.seen_at < clock_timestamp() - make_interval(hours => 1)
         and not (%s)
      """
          .formatted(ReplicaTable.LIVE);

  private final Transactions transactions;
  private final Portions portions;
  private final Duration retention;
  private final int portion;

  /**
   * @param retention how long the feed goes back
   */
  public FeedPruning(Transactions transactions, Duration retention) {
    this(transactions, retention, PORTION);
  }

  FeedPruning(Transactions transactions, Duration retention, int portion) {
    this.transactions = transactions;
    this.portions = new Portions(transactions, LOCK);
    this.retention = retention;
    this.portion = portion;
  }

  /**
   * Forgets what is old enough now.
   *
   * @return how many rows of the feed are gone; 0 when another gateway is about it
   */
  public long run() {
    portions.run(statements -> statements.count(ADVANCE, portion, (double) retention.toSeconds()));
    long changes = portions.run(statements -> statements.count(DELETE_CHANGES, portion));
    portions.run(statements -> statements.count(DELETE_REVISIONS, portion));
    transactions.tryAlone(
        LOCK, connection -> new Statements(connection).count(DELETE_DEAD_REPLICAS));
    return changes;
  }
}
