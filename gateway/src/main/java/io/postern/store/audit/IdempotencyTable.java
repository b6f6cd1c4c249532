package io.postern.store.audit;

import io.postern.store.database.Statements;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The table {@code idempotency_key}: answers that are kept for a day, each for its actor's key. */
public final class IdempotencyTable {
  private static final String LIVE = "created_at > now() - interval '24 hours'";

  /** Deletes up to $1 answers that are kept long enough. */
  static final String SWEEP =
      """
      delete from idempotency_key
       where ctid = any (array(select ctid from idempotency_key
                                where not (%s) limit $1))
      """
          .formatted(LIVE);

  private final Statements statements;

  public IdempotencyTable(Statements statements) {
    this.statements = statements;
  }

  public @Nullable KeptAnswer find(String actor, String key) {
    Row row =
        statements.findRow(
            """
            select request_hash, status, headers, body, revision from idempotency_key
             where actor = $1 and key = $2 and %s
            """
                .formatted(LIVE),
            actor,
            key);
    return row == null
        ? null
        : new KeptAnswer(
            row.getString("request_hash"),
            row.getInteger("status"),
            row.getJsonObject("headers").stream()
                .collect(Collectors.toMap(Map.Entry::getKey, e -> String.valueOf(e.getValue()))),
            row.getString("body"),
            row.getLong("revision"));
  }

  /** Keeps an answer, with the transaction's own revision, in place of one that is old enough. */
  public void insert(
      String actor,
      String key,
      String requestHash,
      int status,
      Map<String, String> headers,
      @Nullable String body) {
    JsonObject members = new JsonObject();
    headers.forEach(members::put);
    statements.query(
        """
        insert into idempotency_key (actor, key, request_hash, status, headers, body, revision)
        values ($1, $2, $3, $4, $5, $6, (select revision from feed_head))
        on conflict (actor, key) do update
          set request_hash = excluded.request_hash, status = excluded.status,
              headers = excluded.headers, body = excluded.body, revision = excluded.revision,
              created_at = excluded.created_at
        """,
        actor,
        key,
        requestHash,
        status,
        members,
        body);
  }
}
