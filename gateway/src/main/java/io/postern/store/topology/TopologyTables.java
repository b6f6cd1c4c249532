package io.postern.store.topology;

import io.postern.store.database.Statements;
import io.postern.store.registry.ApplicationRow;
import io.postern.store.registry.ApplicationRow.Kind;
import io.postern.store.registry.ApplicationTable;
import io.postern.store.registry.GrantTable;
import io.postern.store.registry.KeyTable;
import io.vertx.sqlclient.Row;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reads of the registry for many agents and services at a time. */
public final class TopologyTables {
  private final Statements statements;

  public TopologyTables(Statements statements) {
    this.statements = statements;
  }

  /** The last revision. */
  public long revision() {
    return statements.requireRow("select revision from feed_head").getLong(0);
  }

  /** The applications of those ids, by id. */
  public Map<String, ApplicationRow> byId(Collection<String> ids) {
    return applications("where id = any ($1)", ids).stream()
        .collect(Collectors.toMap(ApplicationRow::id, row -> row));
  }

  /** The applications of those audiences, by audience. */
  public Map<String, ApplicationRow> byAudience(Collection<String> audiences) {
    Map<String, ApplicationRow> found = new HashMap<>();
    for (ApplicationRow row : applications("where audience = any ($1)", audiences)) {
      if (row.audience() != null) {
        found.put(row.audience(), row);
      }
    }
    return found;
  }

  /** Those of the ids that are an application's, or were. */
  public List<String> everGiven(Collection<String> ids) {
    return statements
        .query("select id from application_id where id = any ($1)", array(ids))
        .stream()
        .map(row -> row.getString(0))
        .toList();
  }

  /** Up to {@code limit} applications that were created after that number, oldest first. */
  public List<ApplicationRow> list(Kind kind, long after, int limit) {
    return new ApplicationTable(statements)
        .list(kind, new ApplicationTable.Filter(null, null, null), after, limit);
  }

  /** The keys of those agents or services, by their ids, oldest first. */
  public Map<String, List<Topology.Key>> keys(Collection<String> clientIds) {
    return byClient(
        KeyTable.SELECT + "where client_id = any ($1) order by creation_number",
        clientIds,
        row -> Topology.Key.of(KeyTable.key(row)));
  }

  /** The grants to those agents, by agent, oldest first. */
  public Map<String, List<Topology.Grant>> grants(Collection<String> clientIds) {
    return byClient(
        GrantTable.SELECT + "where client_id = any ($1) order by creation_number",
        clientIds,
        row -> Topology.Grant.of(GrantTable.grant(row)));
  }

  private <T> Map<String, List<T>> byClient(
      String sql, Collection<String> clientIds, Function<Row, T> read) {
    return statements.query(sql, array(clientIds)).stream()
        .collect(
            Collectors.groupingBy(
                row -> row.getString("client_id"), Collectors.mapping(read, Collectors.toList())));
  }

  private List<ApplicationRow> applications(String where, Collection<String> values) {
    return statements.query(ApplicationTable.SELECT + where, array(values)).stream()
        .map(ApplicationTable::application)
        .toList();
  }

  private static Object array(Collection<String> values) {
    return values.toArray(String[]::new);
  }
}
