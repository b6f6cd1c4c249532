package io.postern.store;

import io.postern.change.Change;
import io.postern.change.ChangeSet;
import io.postern.change.Revision;
import io.postern.jose.SigningKey;
import io.postern.jose.SigningKeys;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.SqlClient;
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
  private static final int PAGE = 2_000;

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
     * @param applicationsRead how many have been handed over, with these
     * @param applicationsInAll how many there are in the snapshot
     */
    void handle(ChangeSet page, long applicationsRead, long applicationsInAll);
  }

  private final Statements statements;
  private final SharedValues shared;
  private final Keyring keyring;

  /**
   * @param connection one connection, used by nobody else
   * @param shared of this and all former readings
   */
  public RegistryReader(SqlClient connection, SharedValues shared, Keyring keyring) {
    this.statements = new Statements(connection);
    this.shared = shared;
    this.keyring = keyring;
  }

  /** The revision of the last commit. */
  public Revision head() {
    return new Revision(statements.query("select revision from feed_head").getFirst().getLong(0));
  }

  /**
   * Hands over everything, as changes to nothing. Pages carry the same revision. While one is
   * handled the next is on its way, so no more than two are in memory.
   */
  public void readSnapshot(SnapshotHandler handler) {
    begin();
    Revision head = head();
    long total = statements.query("select count(*) from application").getFirst().getLong(0);
    handler.handle(new ChangeSet(head, List.of(readSigningKeys())), 0, total);
    ApplicationReader reader = new ApplicationReader(statements, shared);
    long read = 0;
    ApplicationReader.Rows rows = null;
    Future<List<Row>> asked = askForEnd("");
    String last = "";
    while (true) {
      String end = Statements.await(asked).getFirst().getString(0);
      ApplicationReader.Asked next = end == null ? null : reader.ask(last, end);
      if (end != null) {
        asked = askForEnd(end);
        last = end;
      }
      if (rows != null) {
        read += rows.applications().size();
        handler.handle(new ChangeSet(head, reader.changes(rows)), read, total);
      }
      if (next == null) {
        break;
      }
      rows = reader.await(next);
    }
    commit();
  }

  /** Asks for the last id of the page that follows an id; null when there is none. */
  private Future<List<Row>> askForEnd(String after) {
    return statements.start(
        "select max(id) from (select id from application where id > $1 order by id limit %d) page"
            .formatted(PAGE),
        after);
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
    Set<String> changed = new HashSet<>();
    boolean signingKeys = false;
    for (Row row :
        statements.query(
            "select distinct entity, id from change_feed where revision > $1", after.number())) {
      switch (row.getString(0)) {
        case "application" -> changed.add(row.getString(1));
        case "signing_keys" -> signingKeys = true;
        default -> throw new IllegalStateException("unknown entity in the feed");
      }
    }
    ApplicationReader reader = new ApplicationReader(statements, shared);
    // in the order of the table's index
    List<String> ids = changed.stream().sorted().toList();
    for (int from = 0; from < ids.size(); from += PAGE) {
      List<String> some = ids.subList(from, Math.min(from + PAGE, ids.size()));
      page.accept(new ChangeSet(head, reader.changes(reader.await(reader.ask(some)))));
    }
    page.accept(new ChangeSet(head, signingKeys ? List.of(readSigningKeys()) : List.of()));
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
