package io.postern.store.feed;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.postern.change.Change;
import io.postern.crypto.Sealed;
import io.postern.store.database.Statements;
import io.postern.vault.BusinessType;
import io.postern.vault.CredentialKind;
import io.postern.vault.CredentialLink;
import io.postern.vault.HostedCredential;
import io.postern.vault.OAuthClient;
import io.postern.vault.ProviderToken;
import io.postern.vault.RelayTarget;
import io.postern.vault.SealedValue;
import io.vertx.core.Future;
import io.vertx.sqlclient.Row;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads hosted credentials for the index, sealed as they are. Used for one reading, in one snapshot
 * of the database.
 */
final class CredentialReader {
  private static final JsonMapper JSON = new JsonMapper();

  private static final String CREDENTIALS =
      """
      select credential_id, identifier, business_type, kind, key_id, requests_per_minute,
             hosted_credential.expires_at, target::text, oauth_client::text, version, sealed, data_key_id, token_type, scope,
             obtained_at, provider_token.expires_at as token_expires_at
        from hosted_credential left join provider_token using (credential_id)
      """;

  private static final String VALUES =
      "select credential_id, value_id, sealed, data_key_id, expires_at from hosted_value";

  private final Statements statements;

  CredentialReader(Statements statements) {
    this.statements = statements;
  }

  /** The changes that lead from none to all that there are. */
  List<Change> readAll() {
    return read(
        statements.start(CREDENTIALS),
        statements.start(VALUES + " order by creation_number desc"),
        Set.of());
  }

  /** The changes that lead to the present state of the credentials of these ids. */
  List<Change> read(Set<String> ids) {
    Object wanted = ids.toArray(String[]::new);
    return read(
        statements.start(CREDENTIALS + " where credential_id = any ($1)", wanted),
        statements.start(
            VALUES + " where credential_id = any ($1) order by creation_number desc", wanted),
        ids);
  }

  private static List<Change> read(
      Future<List<Row>> credentialRows, Future<List<Row>> valueRows, Set<String> ids) {
    List<Row> found = Statements.await(credentialRows);
    Map<String, List<SealedValue>> values = new HashMap<>();
    for (Row row : Statements.await(valueRows)) {
      values
          .computeIfAbsent(row.getString(0), id -> new ArrayList<>(2))
          .add(
              new SealedValue(
                  row.getString(1),
                  new Sealed(row.getString(3), row.getBuffer(2).getBytes()),
                  IndexRows.expiry(row.getOffsetDateTime(4))));
    }
    List<Change> changes = new ArrayList<>(found.size());
    Set<String> gone = new HashSet<>(ids);
    for (Row row : found) {
      String id = row.getString(0);
      gone.remove(id);
      HostedCredential credential = find(row, values.getOrDefault(id, List.of()));
      changes.add(
          credential == null
              ? new Change.CredentialRemoved(id)
              : new Change.CredentialPut(credential));
    }
    gone.forEach(id -> changes.add(new Change.CredentialRemoved(id)));
    return changes;
  }

  /** The credential; null when somebody has written by SQL what makes none. */
  private static @Nullable HostedCredential find(Row row, List<SealedValue> values) {
    BusinessType type = BusinessType.find(row.getString(2));
    CredentialKind kind = CredentialKind.find(row.getString(3));
    OAuthClient client = OAuthClient.find(json(row.getString(8)));
    if (type == null || kind == null || (kind == CredentialKind.OAUTH_CLIENT && client == null)) {
      return null;
    }
    Integer requestsPerMinute = row.getInteger(5);
    return new HostedCredential(
        row.getString(0),
        row.getString(1),
        type,
        kind,
        row.getString(4),
        requestsPerMinute == null ? CredentialLink.NO_LIMIT : requestsPerMinute,
        IndexRows.expiry(row.getOffsetDateTime(6)),
        RelayTarget.find(json(row.getString(7))),
        client,
        values,
        findToken(row));
  }

  private static @Nullable ProviderToken findToken(Row row) {
    Long version = row.getLong(9);
    return version == null || version == 0
        ? null
        : new ProviderToken(
            version,
            new Sealed(row.getString(11), row.getBuffer(10).getBytes()),
            row.getString(12) == null ? "Bearer" : row.getString(12),
            row.getString(13),
            row.getOffsetDateTime(14).toInstant(),
            row.getOffsetDateTime(15).toInstant());
  }

  private static JsonNode json(@Nullable String text) {
    try {
      return text == null ? MissingNode.getInstance() : JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("PostgreSQL gives JSON that is none", e);
    }
  }
}
