package io.postern.store.feed;

import io.postern.change.Change;
import io.postern.change.ChangeSet;
import io.postern.change.Revision;
import io.postern.jose.SigningKey;
import io.postern.jose.SigningKeys;
import io.postern.store.database.Statements;
import io.postern.store.database.TableScan;
import io.postern.store.keys.Keyring;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the registry for the index, in pages, each reading in one REPEATABLE READ snapshot. The
 * feed says which applications changed; their state is read as it is at the snapshot's revision.
 *
 * <p>On a virtual thread of Vert.x. Everything throws when the database does not answer in time.
 */
public final class RegistryReader {
  private static final int PAGE = 5_000;

  /** A connection that does not answer the shortest question in time is taken for lost. */
  private static final Duration HEAD_TIMEOUT = Duration.ofSeconds(3);

  /** What became of a reading of the feed. */
  public enum FeedReading {
    /** All changes up to the revision of the last page were handed over. */
    COMPLETE,
    /** That revision is the last one; nothing was handed over. */
    UNCHANGED,
    /** The feed does not go back so far; nothing was handed over. */
    FEED_PRUNED,
    /** The database has not come so far, so it has lost commits; nothing was handed over. */
    HEAD_WENT_BACK,
    /** The database has another revision of that number, so it has lost commits; nothing was. */
    HISTORY_REWRITTEN
  }

  /**
   * Revisions of about the same age.
   *
   * @param sinceCommit by the database's clock, to a tenth of a millisecond; 0 or more
   */
  public record Lag(Duration sinceCommit, long revisions) {}

  /** Takes a snapshot, page by page. */
  @FunctionalInterface
  public interface SnapshotHandler {
    /**
     * Takes a page.
     *
     * @param rowsRead how many have been read, with these
     * @param rowsInAll about how many there are in the snapshot
     */
    void handle(ChangeSet page, long rowsRead, long rowsInAll);
  }

  private static final String BEGIN = "begin isolation level repeatable read read only";

  private static final String LINEAGE =
      """
      select h.revision, h.mark, h.pruned_through, r.mark
        from feed_head h left join feed_revision r on r.revision = $1
      """;

  private static final String FEED =
      "select entity, id from change_feed where revision > $1 order by revision, entity, id";

  private final Statements statements;
  private final Statements heartbeat;
  private final TableScan scan;
  private final int pageSize;
  private final SharedValues shared;
  private final Keyring keyring;

  /**
   * @param connection one connection, used by nobody else
   * @param shared of this and all former readings
   */
  public RegistryReader(SqlConnection connection, SharedValues shared, Keyring keyring) {
    this(connection, shared, keyring, PAGE);
  }

  RegistryReader(SqlConnection connection, SharedValues shared, Keyring keyring, int pageSize) {
    this.statements = new Statements(connection);
    this.heartbeat = new Statements(connection, HEAD_TIMEOUT);
    this.scan = new TableScan(connection, pageSize);
    this.pageSize = pageSize;
    this.shared = shared;
    this.keyring = keyring;
  }

  /** The revision of the last commit. */
  public Revision head() {
    Row head = heartbeat.requireRow("select revision, mark from feed_head");
    return new Revision(head.getLong(0), head.getUUID(1));
  }

  /** Hands over everything, as changes to nothing. Pages carry the same revision. */
  public void readSnapshot(SnapshotHandler handler) {
    statements.query(BEGIN);
    Revision head = head();
    SnapshotReader reader = new SnapshotReader(statements, scan, shared, keyring);
    long estimate = reader.estimateRows();
    handler.handle(new ChangeSet(head, List.of(readSigningKeys())), 0, estimate);
    long[] read = new long[1];
    reader.read(
        (changes, rows) -> {
          read[0] += rows;
          handler.handle(new ChangeSet(head, changes), read[0], Math.max(read[0], estimate));
        });
    commit();
  }

  /**
   * Hands over what changed after a revision. The revision is reached with the last page only.
   *
   * <p>What can be asked at once is: a change has few round trips to go before it is visible.
   */
  public FeedReading readFeed(Revision after, Consumer<ChangeSet> page) {
    Future<List<Row>> begun = statements.start(BEGIN);
    Future<List<Row>> lineages = heartbeat.start(LINEAGE, after.number());
    Future<List<Row>> firstRows = statements.start(FEED + " limit $2", after.number(), pageSize);
    Statements.await(begun);
    Row lineage = heartbeat.awaitRows(lineages).getFirst();
    Revision head = new Revision(lineage.getLong(0), lineage.getUUID(1));
    FeedReading gap =
        head.equals(after)
            ? FeedReading.UNCHANGED
            : findGap(after, head, lineage.getLong(2), lineage.getUUID(3));
    List<Row> rows = Statements.await(firstRows);
    if (gap != null) {
      commit();
      return gap;
    }
    ApplicationReader reader = new ApplicationReader(statements, shared, keyring);
    FeedPage pages =
        new FeedPage(
            head, reader, new CredentialReader(statements), new LineReader(statements), page);
    if (rows.size() < pageSize) {
      pages.accept(rows);
    } else {
      // In the order of the feed's index, so that the first rows come at once, however many follow.
      // What changed several times may come several times.
      scan.read(pages::accept, FEED, after.number());
    }
    page.accept(new ChangeSet(head, pages.signingKeys ? List.of(readSigningKeys()) : List.of()));
    commit();
    return FeedReading.COMPLETE;
  }

  /** Hands over the present state of what stands in some rows of the feed. */
  private static final class FeedPage {
    private final Revision head;
    private final ApplicationReader reader;
    private final Consumer<ChangeSet> page;
    private final CredentialReader credentials;
    private final LineReader lines;
    private boolean signingKeys;

    FeedPage(
        Revision head,
        ApplicationReader reader,
        CredentialReader credentials,
        LineReader lines,
        Consumer<ChangeSet> page) {
      this.head = head;
      this.reader = reader;
      this.credentials = credentials;
      this.lines = lines;
      this.page = page;
    }

    void accept(Iterable<Row> rows) {
      Set<String> changed = new HashSet<>();
      Set<String> changedCredentials = new HashSet<>();
      Set<String> changedLines = new HashSet<>();
      for (Row row : rows) {
        switch (row.getString(0)) {
          case "application" -> changed.add(row.getString(1));
          case "hosted_credential" -> changedCredentials.add(row.getString(1));
          case "not_before_line" -> changedLines.add(row.getString(1));
          case "signing_keys" -> signingKeys = true;
          default -> throw new IllegalStateException("unknown entity in the feed");
        }
      }
      if (!changed.isEmpty()) {
        page.accept(new ChangeSet(head, reader.read(changed)));
      }
      if (!changedCredentials.isEmpty()) {
        page.accept(new ChangeSet(head, credentials.read(changedCredentials)));
      }
      if (!changedLines.isEmpty()) {
        page.accept(new ChangeSet(head, lines.read(changedLines)));
      }
    }
  }

  /**
   * How long ago the revisions after the first and up to the second were committed, when they
   * became visible at that {@link System#nanoTime}. Few rows, however many revisions: what is older
   * than a minute is of one age.
   */
  public List<Lag> readLags(Revision after, Revision to, long visibleAtNanos) {
    double sinceVisible = (System.nanoTime() - visibleAtNanos) / 1e5;
    return statements
        .query(
            """
            select least(greatest(trunc(extract(epoch from now.clock - committed_at) * 10000
                                        - $3::float8), 0), 600001)::bigint as tenths, count(*)
              from feed_revision, (select clock_timestamp() as clock offset 0) now
             where revision > $1 and revision <= $2 and committed_at is not null
             group by tenths
            """,
            after.number(),
            to.number(),
            sinceVisible)
        .stream()
        .map(row -> new Lag(Duration.ofNanos(row.getLong(0) * 100_000), row.getLong(1)))
        .toList();
  }

  /**
   * Why the feed does not go on from a revision, or null when it does.
   *
   * @param mark of the revision of that number in the database, if it has one
   */
  private static @Nullable FeedReading findGap(
      Revision after, Revision head, long prunedThrough, @Nullable UUID mark) {
    if (after.number() > head.number()) {
      return FeedReading.HEAD_WENT_BACK;
    }
    if (after.number() < prunedThrough) {
      return FeedReading.FEED_PRUNED;
    }
    return after.mark().equals(mark) ? null : FeedReading.HISTORY_REWRITTEN;
  }

  private Change readSigningKeys() {
    List<SigningKey> keys = new ArrayList<>();
    for (Row row :
        statements.query(
            """
            select kid, alg, state, public_jwk::text as public_jwk, private_key, data_key_id,
                   case state when 'active' then coalesce(activated_at, created_at)
                              when 'retired' then coalesce(retired_at, updated_at)
                              else created_at end as since
              from signing_key order by creation_number
            """)) {
      keys.add(keyring.open(row));
    }
    return new Change.SigningKeysPut(new SigningKeys(keys));
  }

  // Not waited for: nothing was written, and what comes next on the connection comes after it.
  private void commit() {
    statements.start("commit");
  }
}
