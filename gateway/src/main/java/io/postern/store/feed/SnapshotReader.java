package io.postern.store.feed;

import io.postern.change.Change;
import io.postern.grant.AgentAudience;
import io.postern.grant.Grant;
import io.postern.revocation.NotBeforeLine;
import io.postern.store.database.Statements;
import io.postern.store.database.TableScan;
import io.postern.store.keys.Keyring;
import io.vertx.sqlclient.Row;
import io.vertx.sqlclient.RowSet;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads all applications, credentials, grants and links for the index, one table after the other,
 * each in the order in which it lies on disk. In any other order PostgreSQL would fetch a page of
 * the table for every row, as ids are random. The rows of one client come wherever they lie, so
 * clients are first put without all these, and then extended. Used for one reading, in one snapshot
 * of the database.
 */
final class SnapshotReader {
  private static final String ASKING_SERVICES =
      """
      select id from application a
       where kind = 'service'
         and (exists (select from client_secret s where s.client_id = a.id)
              or exists (select from client_key k where k.client_id = a.id))
      """;

  private final Statements statements;
  private final TableScan scan;
  private final IndexRows rows;
  private final CredentialReader credentials;
  private final SharedValues shared;
  // services that hold credentials, by id
  private final Set<String> askingServices = new HashSet<>();
  // by id, of all applications whose audience is another than the one that follows from the id
  private final Map<String, String> givenAudiences = new HashMap<>();

  /** Takes some of the rows, as changes. */
  @FunctionalInterface
  interface Handler {
    void handle(List<Change> changes, int rows);
  }

  SnapshotReader(Statements statements, TableScan scan, SharedValues shared, Keyring keyring) {
    this.statements = statements;
    this.scan = scan;
    this.shared = shared;
    this.rows = IndexRows.of(statements, shared, keyring);
    this.credentials = new CredentialReader(statements);
  }

  /** About how many rows there are, as PostgreSQL's statistics have it; 0 or more. */
  long estimateRows() {
    // -1 for a table that was never analyzed
    String sql =
        """
        select coalesce(sum(greatest(reltuples, 0)), 0)::bigint from pg_class
         where oid in ('application'::regclass, 'client_secret'::regclass,
                       'client_key'::regclass, 'resource_grant'::regclass,
                       'credential_link'::regclass, 'hosted_credential'::regclass,
                       'not_before_line'::regclass)
        """;
    return statements.query(sql).getFirst().getLong(0);
  }

  /** Hands over all rows. */
  void read(Handler handler) {
    for (Row row : statements.query(ASKING_SERVICES)) {
      askingServices.add(row.getString(0));
    }
    scan.read(batch -> handler.handle(applications(batch), batch.size()), IndexRows.APPLICATIONS);
    extend(
        handler,
        IndexRows.SECRETS,
        rows::secret,
        (id, secrets) -> new Change.ClientExtended(id, secrets, List.of(), List.of()));
    extend(
        handler,
        IndexRows.KEYS,
        rows::key,
        (id, keys) -> new Change.ClientExtended(id, List.of(), keys, List.of()));
    extend(
        handler,
        IndexRows.GRANTS,
        this::findGrant,
        (id, grants) -> new Change.ClientExtended(id, List.of(), List.of(), grants));
    extend(handler, IndexRows.LINKS, rows::link, Change.ClientLinked::new);
    List<Change> hosted = credentials.readAll();
    handler.handle(hosted, hosted.size());
    scan.read(batch -> handler.handle(lines(batch), batch.size()), LineReader.LINES);
  }

  private static List<Change> lines(RowSet<Row> batch) {
    List<Change> changes = new ArrayList<>(batch.size());
    for (Row row : batch) {
      NotBeforeLine line = LineReader.find(row);
      if (line != null) {
        changes.add(new Change.LinePut(line));
      }
    }
    return changes;
  }

  private List<Change> applications(RowSet<Row> batch) {
    List<Change> changes = new ArrayList<>(batch.size());
    for (Row row : batch) {
      boolean client = !IndexRows.isService(row) || askingServices.contains(IndexRows.id(row));
      rows.put(row, client, List.of(), List.of(), List.of(), List.of(), changes::add);
      String audience = rows.findGivenAudience(row);
      if (audience != null) {
        givenAudiences.put(IndexRows.id(row), audience);
      }
    }
    return changes;
  }

  private <T> void extend(
      Handler handler,
      String sql,
      Function<Row, @Nullable T> value,
      BiFunction<String, List<T>, Change> change) {
    scan.read(batch -> handler.handle(changes(batch, value, change), batch.size()), sql);
  }

  /**
   * One change for each run of rows of one client: what is written together often lies together.
   */
  private static <T> List<Change> changes(
      RowSet<Row> batch,
      Function<Row, @Nullable T> value,
      BiFunction<String, List<T>, Change> change) {
    List<Change> changes = new ArrayList<>();
    String client = "";
    List<T> run = new ArrayList<>();
    for (Row row : batch) {
      String id = IndexRows.id(row);
      if (!id.equals(client)) {
        if (!run.isEmpty()) {
          changes.add(change.apply(client, run));
          run.clear();
        }
        client = id;
      }
      T next = value.apply(row);
      if (next != null) {
        run.add(next);
      }
    }
    if (!run.isEmpty()) {
      changes.add(change.apply(client, run));
    }
    return changes;
  }

  /** The grant, or null when its resource has no audience. */
  private @Nullable Grant findGrant(Row row) {
    String resourceId = IndexRows.resourceId(row);
    String given = givenAudiences.get(resourceId);
    if (given != null) {
      return given.isEmpty() ? null : rows.findGrant(row, given);
    }
    return rows.findGrant(row, shared.audience(AgentAudience.of(resourceId)));
  }
}
