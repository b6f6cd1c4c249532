package io.postern.store.vault;

import io.postern.store.database.RowMeta;
import io.postern.store.database.Statements;
import io.postern.store.vault.HostedCredentialRow.Settings;
import io.postern.store.vault.HostedCredentialRow.Value;
import io.postern.vault.BusinessType;
import io.postern.vault.CredentialKind;
import io.vertx.core.json.JsonArray;
import io.vertx.core.json.JsonObject;
import io.vertx.sqlclient.Row;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The table {@code hosted_credential}, each row with which live values there are. */
public final class HostedCredentialTable {
  private static final String SELECT =
      """
      select c.credential_id, identifier, name, description, business_type, kind, key_id,
             expires_at, requests_per_minute, target::text, oauth_client::text, last_used_at,
             (select json_agg(json_build_object('value_id', v.value_id, 'created_at', v.created_at,
                              'expires_at', v.expires_at) order by v.creation_number)
                from hosted_value v where v.credential_id = c.credential_id
                 and (v.expires_at is null or v.expires_at > now())) as values,
             creation_number, created_at, updated_at, revision
        from hosted_credential c left join hosted_credential_use using (credential_id)
      """;

  /** Which credentials a list holds; null for any. */
  public record Filter(
      @Nullable String name, @Nullable String identifier, @Nullable String businessType) {}

  private final Statements statements;

  public HostedCredentialTable(Statements statements) {
    this.statements = statements;
  }

  public @Nullable HostedCredentialRow find(String credentialId) {
    Row row = statements.findRow(SELECT + "where c.credential_id = $1", credentialId);
    return row == null ? null : credential(row);
  }

  /** Up to {@code limit} credentials that were created after that number, oldest first. */
  public List<HostedCredentialRow> list(Filter filter, long after, int limit) {
    return statements
        .query(
            SELECT
                + """
                where creation_number > $1
                  and ($2::text is null or name = $2)
                  and ($3::text is null or identifier = $3)
                  and ($4::text is null or business_type = $4)
                order by creation_number limit $5
                """,
            after,
            filter.name(),
            filter.identifier(),
            filter.businessType(),
            limit)
        .stream()
        .map(HostedCredentialTable::credential)
        .toList();
  }

  /** Inserts the credential without values. */
  public void insert(
      String credentialId,
      String identifier,
      BusinessType businessType,
      CredentialKind kind,
      Settings settings) {
    statements.query(
        """
        insert into hosted_credential (credential_id, identifier, business_type, kind, name,
          description, key_id, expires_at, requests_per_minute, target, oauth_client)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10::text::jsonb, $11::text::jsonb)
        """,
        credentialId,
        identifier,
        businessType.value(),
        kind.value(),
        settings.name(),
        settings.description(),
        settings.keyId(),
        RowMeta.offset(settings.expiresAt()),
        settings.requestsPerMinute(),
        settings.target(),
        settings.oauthClient());
  }

  public void update(String credentialId, Settings settings) {
    statements.query(
        """
        update hosted_credential
           set name = $2, description = $3, key_id = $4, expires_at = $5,
               requests_per_minute = $6, target = $7::text::jsonb, oauth_client = $8::text::jsonb
         where credential_id = $1
        """,
        credentialId,
        settings.name(),
        settings.description(),
        settings.keyId(),
        RowMeta.offset(settings.expiresAt()),
        settings.requestsPerMinute(),
        settings.target(),
        settings.oauthClient());
  }

  /** Ends the token that the provider has given: it was for another client, or other scopes. */
  public void endProviderToken(String credentialId) {
    ProviderTokenTable.end(statements, List.of(credentialId));
  }

  /** Deletes the credential with its values and with all links to it. */
  public void delete(String credentialId) {
    statements.query("delete from hosted_credential where credential_id = $1", credentialId);
  }

  public long count() {
    return statements.requireRow("select count(*) as n from hosted_credential").getLong("n");
  }

  private static HostedCredentialRow credential(Row row) {
    return new HostedCredentialRow(
        row.getString("credential_id"),
        row.getString("identifier"),
        BusinessType.valueOf(row.getString("business_type").toUpperCase(Locale.ROOT)),
        CredentialKind.valueOf(row.getString("kind").toUpperCase(Locale.ROOT)),
        new Settings(
            row.getString("name"),
            row.getString("description"),
            row.getString("key_id"),
            RowMeta.instant(row.getOffsetDateTime("expires_at")),
            row.getInteger("requests_per_minute"),
            row.getString("target"),
            row.getString("oauth_client")),
        values(row.getJsonArray("values")),
        RowMeta.instant(row.getOffsetDateTime("last_used_at")),
        RowMeta.of(row));
  }

  private static List<Value> values(@Nullable JsonArray array) {
    List<Value> values = new ArrayList<>();
    if (array != null) {
      for (int i = 0; i < array.size(); i++) {
        JsonObject value = array.getJsonObject(i);
        String expiresAt = value.getString("expires_at");
        values.add(
            new Value(
                value.getString("value_id"),
                instant(value.getString("created_at")),
                expiresAt == null ? null : instant(expiresAt)));
      }
    }
    return values;
  }

  private static Instant instant(String text) {
    return OffsetDateTime.parse(text).toInstant();
  }
}
