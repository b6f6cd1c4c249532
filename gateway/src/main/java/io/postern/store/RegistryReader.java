package io.postern.store;

import io.postern.change.Change;
import io.postern.change.ChangeSet;
import io.postern.change.Revision;
import io.postern.jose.SigningKey;
import io.postern.jose.SigningKeys;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlConnection;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Reads the registry for the index, in pages, each reading in one REPEATABLE READ snapshot. The
 * feed says which applications changed; their state is read as it is at the snapshot's revision.
 *
 * <p>On a virtual thread of Vert.x. Everything throws when the database does not answer in time.
 */
public final class RegistryReader {
  private static final int PAGE = 5_000;

  /** What became of a reading of the feed. */
  public enum FeedReading {
    /** All changes up to the revision of the last page were handed over. */
    COMPLETE,
    /** The feed does not go on from there; nothing was handed over. */
    SNAPSHOT_NEEDED
  }

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

  private final Statements statements;
  private final TableScan scan;
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
    this.scan = new TableScan(connection, pageSize);
    this.shared = shared;
    this.keyring = keyring;
  }

  /** The revision of the last commit. */
  public Revision head() {
    return new Revision(statements.query("select revision from feed_head").getFirst().getLong(0));
  }

  /** Hands over everything, as changes to nothing. Pages carry the same revision. */
  public void readSnapshot(SnapshotHandler handler) {
    begin();
    Revision head = head();
    SnapshotReader reader = new SnapshotReader(statements, scan, shared);
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

  /** Hands over what changed after a revision. The revision is reached with the last page only. */
  public FeedReading readFeed(Revision after, Consumer<ChangeSet> page) {
    begin();
    Row headRow = statements.query("select revision, pruned_through from feed_head").getFirst();
    Revision head = new Revision(headRow.getLong(0));
    if (!after.includes(new Revision(headRow.getLong(1))) || !head.includes(after)) {
      commit();
      return FeedReading.SNAPSHOT_NEEDED;
    }
    ApplicationReader reader = new ApplicationReader(statements, shared);
    boolean[] signingKeys = new boolean[1];
    // In the order of the feed's index, so that the first rows come at once, however many follow.
    // What changed several times may come several times.
    scan.read(
        batch -> {
          Set<String> changed = new HashSet<>();
          for (Row row : batch) {
            switch (row.getString(0)) {
              case "application" -> changed.add(row.getString(1));
              case "signing_keys" -> signingKeys[0] = true;
              default -> throw new IllegalStateException("unknown entity in the feed");
            }
          }
          if (!changed.isEmpty()) {
            page.accept(new ChangeSet(head, reader.read(changed)));
          }
        },
        "select entity, id from change_feed where revision > $1 order by revision, entity, id",
        after.number());
    page.accept(new ChangeSet(head, signingKeys[0] ? List.of(readSigningKeys()) : List.of()));
    commit();
    return FeedReading.COMPLETE;
  }

  private Change readSigningKeys() {
    List<SigningKey> keys = new ArrayList<>();
    for (Row row :
        statements.query(
            """
            select kid, alg, state, public_jwk::text as public_jwk, private_key, data_key_id
              from signing_key order by creation_number
            """)) {
      keys.add(keyring.open(row));
    }
    return new Change.SigningKeysPut(new SigningKeys(keys));
  }

  private void begin() {
    statements.query("begin isolation level repeatable read read only");
  }

  private void commit() {
    statements.query("commit");
  }
}
