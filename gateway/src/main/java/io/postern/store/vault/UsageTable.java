package io.postern.store.vault;

import io.postern.decision.CredentialUsage;
import io.postern.store.database.Statements;
import io.vertx.sqlclient.Row;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** The tables {@code hosted_use} and {@code hosted_credential_use}: what agents did, day by day. */
public final class UsageTable {
  private static final int PORTION = 1_000;

  // In one order, so that gateways which write at the same time wait for each other and do not
  // deadlock. What names no credential any more is dropped.
  private static final String ADD =
      """
      with used as (
        select c.credential_id, u.*
          from unnest($1::text[], $2::text[], $3::date[], $4::bigint[], $5::bigint[], $6::bigint[],
                      $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[])
            u (identifier, client_id, day, obtains, relays, failures, request_bytes, response_bytes,
               input_tokens, output_tokens)
          join hosted_credential c using (identifier)
      ), last as (
        insert into hosted_credential_use (credential_id, last_used_at)
        select distinct credential_id, now() from used order by credential_id
        on conflict (credential_id) do update set last_used_at = excluded.last_used_at
      )
      insert into hosted_use as h
        (credential_id, day, client_id, obtains, relays, failures, request_bytes, response_bytes,
         input_tokens, output_tokens)
      select credential_id, day, client_id, obtains, relays, failures, request_bytes,
             response_bytes, input_tokens, output_tokens
        from used order by credential_id, day, client_id
      on conflict (credential_id, day, client_id) do update
        set obtains = h.obtains + excluded.obtains,
            relays = h.relays + excluded.relays,
            failures = h.failures + excluded.failures,
            request_bytes = h.request_bytes + excluded.request_bytes,
            response_bytes = h.response_bytes + excluded.response_bytes,
            input_tokens = h.input_tokens + excluded.input_tokens,
            output_tokens = h.output_tokens + excluded.output_tokens
      """;

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

  /**
   * Adds what was counted, in portions, each of which is taken out of the map once it is written.
   * On a virtual thread.
   *
   * @throws io.postern.store.database.DatabaseUnavailableException when PostgreSQL does not answer:
   *     what is left in the map was not written, or its commit is unknown
   */
  public void add(Map<CredentialUsage.Key, CredentialUsage.Counts> counts) {
    List<CredentialUsage.Key> keys = new ArrayList<>(counts.keySet());
    for (int from = 0; from < keys.size(); from += PORTION) {
      List<CredentialUsage.Key> portion = keys.subList(from, Math.min(from + PORTION, keys.size()));
      List<CredentialUsage.Counts> values = portion.stream().map(counts::get).toList();
      statements.query(
          ADD,
          portion.stream().map(CredentialUsage.Key::identifier).toArray(String[]::new),
          portion.stream().map(CredentialUsage.Key::clientId).toArray(String[]::new),
          portion.stream().map(CredentialUsage.Key::day).toArray(LocalDate[]::new),
          column(values, CredentialUsage.Counts::obtains),
          column(values, CredentialUsage.Counts::relays),
          column(values, CredentialUsage.Counts::failures),
          column(values, CredentialUsage.Counts::requestBytes),
          column(values, CredentialUsage.Counts::responseBytes),
          column(values, CredentialUsage.Counts::inputTokens),
          column(values, CredentialUsage.Counts::outputTokens));
      portion.forEach(counts::remove);
    }
  }

  private static Long[] column(
      List<CredentialUsage.Counts> values, ToLongFunction<CredentialUsage.Counts> of) {
    return values.stream().map(of::applyAsLong).toArray(Long[]::new);
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
