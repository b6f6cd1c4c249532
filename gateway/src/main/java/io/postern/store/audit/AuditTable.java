package io.postern.store.audit;

import io.postern.store.database.RowMeta;
import io.postern.store.database.Statements;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The table {@code audit_event}; its rows are written by triggers alone. */
public final class AuditTable {
  private static final String SELECT =
      """
      select event_id, occurred_at, actor, source, action, target, revision,
             case target_type
               when 'application' then coalesce(after, before) ->> 'kind'
               when 'client_secret' then 'secret'
               when 'client_key' then 'key'
               when 'resource_grant' then 'grant'
               when 'hosted_credential' then 'credential'
               when 'hosted_value' then 'value'
               when 'credential_link' then 'link'
               when 'not_before_line' then 'revocation'
               else target_type
             end as target_type,
             before::text as before, after::text as after
        from audit_event where true
      """;

  // "0" comes after "/" in ASCII
  private static final String TARGET_OR_BELOW =
      """
      (target collate "C" = $%1$d
        or (target collate "C" >= $%1$d || '/' and target collate "C" < $%1$d || '0'))\
      """;

  private final Statements statements;

  public AuditTable(Statements statements) {
    this.statements = statements;
  }

  /**
   * Up to {@code limit} events, newest first.
   *
   * @param before only what is older than the event of that number; 0 for all
   */
  public List<AuditEvent> list(AuditFilter filter, long before, int limit) {
    Conditions conditions = new Conditions();
    conditions.add("event_id < $%d", before == 0 ? null : before);
    conditions.add("actor = $%d", filter.actor());
    conditions.add(TARGET_OR_BELOW, filter.target());
    conditions.add("action = $%d", filter.action() == null ? null : filter.action().operation());
    conditions.add("occurred_at >= $%d", RowMeta.offset(filter.from()));
    conditions.add("occurred_at < $%d", RowMeta.offset(filter.to()));
    conditions.parameters.add(limit);
    return statements
        .query(
            conditions.sql + " order by event_id desc limit $" + conditions.parameters.size(),
            conditions.parameters.toArray())
        .stream()
        .map(AuditTable::event)
        .toList();
  }

  /** Only what is asked for stands in the statement, so that PostgreSQL can plan by it. */
  private static final class Conditions {
    private final StringBuilder sql = new StringBuilder(SELECT);
    private final List<Object> parameters = new ArrayList<>();

    void add(String condition, @Nullable Object value) {
      if (value != null) {
        parameters.add(value);
        sql.append(" and ").append(condition.formatted(parameters.size()));
      }
    }
  }

  private static AuditEvent event(Row row) {
    return new AuditEvent(
        row.getLong("event_id"),
        row.getOffsetDateTime("occurred_at").toInstant(),
        row.getString("actor"),
        row.getString("source"),
        AuditEvent.Action.of(row.getString("action")),
        row.getString("target_type"),
        row.getString("target"),
        row.getLong("revision"),
        row.getString("before"),
        row.getString("after"));
  }
}
