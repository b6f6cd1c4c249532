package io.postern.store.topology;

import static io.postern.store.topology.RowBatch.Column.bytes;
import static io.postern.store.topology.RowBatch.Column.integer;
import static io.postern.store.topology.RowBatch.Column.text;
import static io.postern.store.topology.RowBatch.Column.time;

import com.fasterxml.jackson.databind.JsonNode;
import io.postern.store.database.RowMeta;
import io.postern.store.database.Statements;
import io.postern.store.topology.TopologyPlan.Action;
import io.postern.store.topology.TopologyPlan.Change;
import io.postern.store.vault.ProviderTokenTable;
import io.postern.vault.BusinessType;
import io.vertx.core.buffer.Buffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.IntConsumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The part of the {@link TopologyWriter} that is for hosted credentials and links. */
final class CredentialWriter {
  /** How many credentials one statement deletes: each takes its values and links along. */
  private static final int DELETED = 50;

  private final Statements statements;
  private final ValueSealer sealer;

  CredentialWriter(Statements statements, ValueSealer sealer) {
    this.statements = statements;
    this.sealer = sealer;
  }

  /** Deletes what goes. */
  void delete(TopologyPlan plan, IntConsumer progress) {
    links(plan, Action.DELETE, link -> true, progress);
    new RowBatch<Change<Topology.Credential>>(
            "delete from hosted_credential where credential_id = any ($1)",
            List.of(text(change -> plan.credentialId(change.owner()))))
        .run(statements, TopologyWriter.only(plan.credentials(), Action.DELETE), DELETED, progress);
  }

  /**
   * Writes what comes and what changes, in an order in which each link that relays has a target at
   * every step.
   */
  void write(TopologyPlan plan, IntConsumer progress) {
    links(plan, Action.CHANGE, link -> !link.relays(), progress);
    credentials(plan, Action.CREATE, progress);
    credentials(plan, Action.CHANGE, progress);
    values(plan);
    endTokens(plan);
    links(plan, Action.CHANGE, Topology.Link::relays, progress);
    links(plan, Action.CREATE, link -> true, progress);
  }

  private void credentials(TopologyPlan plan, Action action, IntConsumer progress) {
    String columns =
        """
        (select credential_id, identifier, name, description, business_type, kind, key_id,
                expires_at, requests_per_minute, target::jsonb, oauth_client::jsonb
           from unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[],
                  $7::text[], $8::timestamptz[], $9::integer[], $10::text[], $11::text[])
                u (credential_id, identifier, name, description, business_type, kind, key_id,
                   expires_at, requests_per_minute, target, oauth_client)) d
        """;
    String sql =
        switch (action) {
          case CREATE ->
              """
              insert into hosted_credential (credential_id, identifier, name, description,
                business_type, kind, key_id, expires_at, requests_per_minute, target, oauth_client)
              select * from %s
              """
                  .formatted(columns);
          case CHANGE ->
              """
              update hosted_credential c
                 set name = d.name, description = d.description, key_id = d.key_id,
                     expires_at = d.expires_at, requests_per_minute = d.requests_per_minute,
                     target = d.target, oauth_client = d.oauth_client
                from %s where c.credential_id = d.credential_id
              """
                  .formatted(columns);
          case DELETE -> throw new IllegalArgumentException("credentials are deleted by their ids");
        };
    new RowBatch<Change<Topology.Credential>>(
            sql,
            List.of(
                text(change -> plan.credentialId(change.owner())),
                text(Change::owner),
                text(change -> change.subject().name()),
                text(change -> change.subject().description()),
                text(change -> value(change.subject().businessType())),
                text(change -> change.subject().kind().value()),
                text(change -> change.subject().keyId()),
                time(change -> RowMeta.offset(change.subject().expiresAt())),
                integer(change -> change.subject().requestsPerMinute()),
                text(change -> json(change.subject().target())),
                text(change -> json(change.subject().oauthClient()))))
        .run(statements, TopologyWriter.only(plan.credentials(), action), progress);
  }

  private static @Nullable String value(@Nullable BusinessType type) {
    return type == null ? null : type.value();
  }

  private static @Nullable String json(@Nullable JsonNode node) {
    return node == null ? null : node.toString();
  }

  private record NewValue(String credentialId, CredentialTables.Present present) {}

  /** Puts each new value in the place of all that the credential had. */
  private void values(TopologyPlan plan) {
    List<NewValue> values = new ArrayList<>();
    for (Change<Topology.Credential> change : plan.credentials()) {
      Topology.Value value = change.subject().value();
      if (value != null) {
        String id = plan.credentialId(change.owner());
        values.add(new NewValue(id, sealer.seal(id, value)));
      }
    }
    new RowBatch<>(
            "delete from hosted_value where credential_id = any ($1)",
            List.of(text(NewValue::credentialId)))
        .run(statements, values, rows -> {});
    new RowBatch<NewValue>(
            """
            insert into hosted_value (value_id, credential_id, sealed, data_key_id)
            select * from unnest($1::text[], $2::text[], $3::bytea[], $4::text[])
            """,
            List.of(
                text(row -> row.present.valueId()),
                text(NewValue::credentialId),
                bytes(row -> Buffer.buffer(row.present.sealed().bytes())),
                text(row -> row.present.sealed().dataKeyId())))
        .run(statements, values, rows -> {});
  }

  /**
   * Ends the tokens that a client has got as what it was before: from another endpoint, under
   * another name or for another scope.
   */
  private void endTokens(TopologyPlan plan) {
    List<String> others =
        TopologyWriter.only(plan.credentials(), Action.CHANGE).stream()
            .filter(change -> !Objects.equals(client(change.before()), client(change.after())))
            .map(change -> plan.credentialId(change.owner()))
            .toList();
    if (!others.isEmpty()) {
      ProviderTokenTable.end(statements, others);
    }
  }

  private static @Nullable JsonNode client(Topology.@Nullable Credential credential) {
    return credential == null ? null : credential.oauthClient();
  }

  private void links(
      TopologyPlan plan, Action action, Predicate<Topology.Link> which, IntConsumer progress) {
    // arrays of arrays would all need the same length
    String columns =
        """
        (select client_id, credential_id, string_to_array(access, ' ') as access,
                requests_per_minute, expires_at
           from unnest($1::text[], $2::text[], $3::text[], $4::integer[], $5::timestamptz[])
                u (client_id, credential_id, access, requests_per_minute, expires_at)) d
        """;
    String sql =
        switch (action) {
          case CREATE ->
              """
              insert into credential_link
                (client_id, credential_id, access, requests_per_minute, expires_at)
              select * from %s
              """
                  .formatted(columns);
          case CHANGE ->
              """
              update credential_link l
                 set access = d.access, requests_per_minute = d.requests_per_minute,
                     expires_at = d.expires_at
                from %s where l.client_id = d.client_id and l.credential_id = d.credential_id
              """
                  .formatted(columns);
          case DELETE ->
              """
              delete from credential_link l
               using %s where l.client_id = d.client_id and l.credential_id = d.credential_id
              """
                  .formatted(columns);
        };
    new RowBatch<Change<Topology.Link>>(
            sql,
            List.of(
                text(Change::owner),
                text(change -> plan.credentialId(change.subject().identifier())),
                text(change -> String.join(" ", change.subject().access())),
                integer(change -> change.subject().requestsPerMinute()),
                time(change -> RowMeta.offset(change.subject().expiresAt()))))
        .run(
            statements,
            TopologyWriter.only(plan.links(), action).stream()
                .filter(change -> which.test(change.subject()))
                .toList(),
            progress);
  }
}
