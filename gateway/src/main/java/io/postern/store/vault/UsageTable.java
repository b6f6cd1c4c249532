package io.postern.store.vault;

import io.postern.store.database.Statements;
import io.vertx.sqlclient.Row;
import java.time.LocalDate;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The table {@code hosted_use}, to be read. */
public final class UsageTable {
  private final Statements statements;

  public UsageTable(Statements statements) {
    this.statements = statements;
  }

  /**
   * Where a page begins: after an agent's row of a day.
   *
   * @param clientId empty for before all agents of the day
   */
  public record Position(LocalDate day, String clientId) {}

  /**
   * Up to {@code limit} rows of a credential, by day and agent.
   *
   * @param to the last day; null for all that there are
   */
  public List<UsageRow> list(
      String credentialId, Position after, @Nullable LocalDate to, int limit) {
    return statements
        .query(
            """
            select day, client_id, name, obtains, relays, failures, request_bytes, response_bytes,
                   input_tokens, output_tokens
              from hosted_use left join application on id = client_id
             where credential_id = $1 and (day, client_id) > ($2, $3)
               and ($4::date is null or day <= $4)
             order by day, client_id limit $5
            """,
            credentialId,
            after.day(),
            after.clientId(),
            to,
            limit)
        .stream()
        .map(UsageTable::usage)
        .toList();
  }

  private static UsageRow usage(Row row) {
    return new UsageRow(
        row.getLocalDate("day"),
        row.getString("client_id"),
        row.getString("name"),
        row.getLong("obtains"),
        row.getLong("relays"),
        row.getLong("failures"),
        row.getLong("request_bytes"),
        row.getLong("response_bytes"),
        row.getLong("input_tokens"),
        row.getLong("output_tokens"));
  }
}
