package io.postern.store.replica;

import io.postern.change.Revision;
import io.postern.store.database.Statements;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The gateways that run on this database, each with the revision that it answers by. All times are
 * the database's. To be used on virtual threads.
 *
 * <p>A replica is <em>live</em> until it has not been seen for its maximal staleness and {@link
 * #MARGIN}: then it has stopped issuing by itself, whatever became of it. It is <em>serving</em>
 * when it has acknowledged a revision.
 */
public final class ReplicaTable {
  /**
   * How long after its maximal staleness a replica counts as live: longer than a replica may go on
   * as if it were known, though the database has not heard of it.
   */
  public static final Duration MARGIN = Duration.ofSeconds(15);

  private static final Duration TIMEOUT = Duration.ofSeconds(3);

  public static final String LIVE =
      """
      r.seen_at > clock_timestamp() - make_interval(secs => r.max_staleness_seconds + %d)\
      """
          .formatted(MARGIN.toSeconds());

  /** An acknowledged number counts only in the history that it is of. */
  public static final String STANDS =
      """
      exists (select from feed_revision f
               where f.revision = r.applied_revision and f.mark = r.applied_mark)\
      """;

  /**
   * Who a gateway is.
   *
   * @param replicaId drawn at random at its start
   * @param host where it runs, for people
   * @param maxStaleness how long it issues without confirmation from the database
   * @param jwksMaxAge how long verifiers may keep the JWK Set that they get from it
   */
  public record Identity(
      String replicaId, String host, Duration maxStaleness, Duration jwksMaxAge) {}

  /**
   * A live replica.
   *
   * @param appliedRevision what it answers by, or null before it answers at all
   * @param appliedAt when it said so first, or null
   * @param current whether that revision is of the database's present history
   * @param sinceSeen how long ago it was heard of
   */
  public record Replica(
      String replicaId,
      String host,
      @Nullable Long appliedRevision,
      @Nullable Instant appliedAt,
      boolean current,
      Duration sinceSeen) {
    /** Whether it answers by that revision of the present history, or a later one. */
    public boolean has(long revision) {
      return current && appliedRevision != null && appliedRevision >= revision;
    }

    /** Whether it answers requests. */
    public boolean serving() {
      return appliedRevision != null;
    }
  }

  private final Statements statements;

  public ReplicaTable(SqlClient client) {
    this.statements = new Statements(client, TIMEOUT);
  }

  /**
   * Notes that the gateway runs and what it answers by. Does so without waiting for the disk: a
   * gateway says it again whenever it has connected anew.
   *
   * @param applied null before it answers at all; what it said once, it does not take back
   * @param clock the gateway's, by which it dates tokens
   */
  public void acknowledge(Identity replica, @Nullable Revision applied, Instant clock) {
    statements.query(
        """
        insert into replica as r
            (replica_id, host, max_staleness_seconds, jwks_max_age_seconds,
             applied_revision, applied_mark, applied_at, clock_ahead_seconds)
        select $1, $2, $3, $4, $5::bigint, $6::uuid,
               case when $5::bigint is not null then clock_timestamp() end,
               extract(epoch from $7::timestamptz - clock_timestamp())
          from (select set_config('synchronous_commit', 'off', true)) unflushed
        on conflict (replica_id) do update
           set seen_at = clock_timestamp(),
               clock_ahead_seconds = excluded.clock_ahead_seconds,
               applied_revision = coalesce(excluded.applied_revision, r.applied_revision),
               applied_mark = coalesce(excluded.applied_mark, r.applied_mark),
               applied_at =
                 case when excluded.applied_revision is null
                        or (r.applied_revision, r.applied_mark)
                           is not distinct from (excluded.applied_revision, excluded.applied_mark)
                      then r.applied_at else excluded.applied_at end
        """,
        replica.replicaId(),
        replica.host(),
        wholeSeconds(replica.maxStaleness()),
        wholeSeconds(replica.jwksMaxAge()),
        applied == null ? null : applied.number(),
        applied == null ? null : applied.mark(),
        clock.atOffset(ZoneOffset.UTC));
  }

  private static int wholeSeconds(Duration duration) {
    return Math.toIntExact(duration.plusNanos(999_999_999).toSeconds());
  }

  /** Forgets a gateway that issues no more. */
  public void remove(Identity replica) {
    statements.query("delete from replica where replica_id = $1", replica.replicaId());
  }

  /** All live replicas, those that do not serve yet too, the oldest first. */
  public List<Replica> live() {
    return statements
        .query(
            """
            select r.replica_id, r.host, r.applied_revision, r.applied_at, %s,
                   extract(epoch from clock_timestamp() - r.seen_at)::float8
              from replica r where %s order by r.started_at, r.replica_id
            """
                .formatted(STANDS, LIVE))
        .stream()
        .map(ReplicaTable::replica)
        .toList();
  }

  /**
   * Whether every live replica that serves answers by that revision of the present history, or a
   * later one. What a replica says of a history that the database has lost does not count, nor what
   * is older than the feed: it is about to read everything anew.
   */
  public boolean allHave(long revision) {
    return live().stream().allMatch(replica -> !replica.serving() || replica.has(revision));
  }

  /**
   * When a revision was committed, or null when it is not in the present history or older than the
   * feed.
   */
  public @Nullable Instant findCommit(Revision revision) {
    Row row =
        statements.findRow(
            "select committed_at from feed_revision where revision = $1 and mark = $2",
            revision.number(),
            revision.mark());
    return row == null ? null : instant(row.getOffsetDateTime(0));
  }

  private static Replica replica(Row row) {
    return new Replica(
        row.getString(0),
        row.getString(1),
        row.getLong(2),
        instant(row.getOffsetDateTime(3)),
        row.getBoolean(4),
        Duration.ofMillis(Math.max(0, Math.round(row.getDouble(5) * 1000))));
  }

  private static @Nullable Instant instant(@Nullable OffsetDateTime time) {
    return time == null ? null : time.toInstant();
  }
}
