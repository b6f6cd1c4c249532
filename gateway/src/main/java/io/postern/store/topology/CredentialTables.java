package io.postern.store.topology;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.postern.crypto.Sealed;
import io.postern.store.database.RowMeta;
import io.postern.store.database.Statements;
import io.postern.vault.BusinessType;
import io.vertx.sqlclient.Row;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads of hosted credentials and of the links to them, many at a time. */
public final class CredentialTables {
  private static final JsonMapper JSON = new JsonMapper();

  private static final String SELECT =
      """
      select credential_id, identifier, name, description, business_type, key_id, expires_at,
             requests_per_minute, target::text, oauth_client::text, creation_number
        from hosted_credential\s
      """;

  private final Statements statements;

  public CredentialTables(Statements statements) {
    this.statements = statements;
  }

  /** A hosted credential that there is; its value is not read. */
  public record RegisteredCredential(
      String id, long creationNumber, Topology.Credential credential) {}

  /** The value that a credential hands over now. */
  public record Present(String valueId, Sealed sealed) {}

  /** A link that there is. */
  public record RegisteredLink(String clientId, String credentialId, Topology.Link link) {}

  /** The credentials of those identifiers, by identifier. */
  public Map<String, RegisteredCredential> byIdentifier(Collection<String> identifiers) {
    return statements.query(SELECT + "where identifier = any ($1)", array(identifiers)).stream()
        .map(CredentialTables::registered)
        .collect(Collectors.toMap(row -> row.credential().identifier(), row -> row));
  }

  /** Up to {@code limit} credentials that were created after that number, oldest first. */
  public List<RegisteredCredential> list(long after, int limit) {
    return statements
        .query(
            SELECT + "where creation_number > $1 order by creation_number limit $2", after, limit)
        .stream()
        .map(CredentialTables::registered)
        .toList();
  }

  /** How many there are. */
  public long count() {
    return statements.requireRow("select count(*) from hosted_credential").getLong(0);
  }

  /** The values that the credentials of those ids hand over now, by the credential's id. */
  public Map<String, Present> presentValues(Collection<String> credentialIds) {
    String sql =
        """
        select distinct on (credential_id) credential_id, value_id, sealed, data_key_id
          from hosted_value
         where credential_id = any ($1) and (expires_at is null or expires_at > now())
         order by credential_id, creation_number desc
        """;
    Map<String, Present> values = new HashMap<>();
    for (Row row : statements.query(sql, array(credentialIds))) {
      Sealed sealed = new Sealed(row.getString(3), row.getBuffer(2).getBytes());
      values.put(row.getString(0), new Present(row.getString(1), sealed));
    }
    return values;
  }

  /** The links of those agents, by agent, oldest first. */
  public Map<String, List<RegisteredLink>> links(Collection<String> clientIds) {
    String sql =
        """
        select l.client_id, credential_id, identifier, l.access, l.requests_per_minute, l.expires_at
          from credential_link l join hosted_credential using (credential_id)
         where l.client_id = any ($1) order by l.creation_number
        """;
    return statements.query(sql, array(clientIds)).stream()
        .map(CredentialTables::link)
        .collect(Collectors.groupingBy(RegisteredLink::clientId));
  }

  /** Up to {@code limit} of the agents that may call the credential through the relay. */
  public List<String> relaying(String credentialId, int limit) {
    String sql =
        """
        select client_id from credential_link
         where credential_id = $1 and 'relay' = any (access) order by creation_number limit $2
        """;
    return statements.query(sql, credentialId, limit).stream()
        .map(row -> row.getString(0))
        .toList();
  }

  private static RegisteredCredential registered(Row row) {
    return new RegisteredCredential(
        row.getString(0),
        row.getLong(10),
        new Topology.Credential(
            row.getString(1),
            row.getString(2),
            row.getString(3),
            BusinessType.find(row.getString(4)),
            row.getString(5),
            RowMeta.instant(row.getOffsetDateTime(6)),
            row.getInteger(7),
            json(row.getString(8)),
            json(row.getString(9)),
            null));
  }

  private static RegisteredLink link(Row row) {
    return new RegisteredLink(
        row.getString(0),
        row.getString(1),
        new Topology.Link(
            row.getString(2),
            List.of(row.getArrayOfStrings(3)),
            row.getInteger(4),
            RowMeta.instant(row.getOffsetDateTime(5))));
  }

  private static @Nullable ObjectNode json(@Nullable String text) {
    try {
      return text == null ? null : JSON.readValue(text, ObjectNode.class);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("PostgreSQL gives JSON that is none", e);
    }
  }

  private static Object array(Collection<String> values) {
    return values.toArray(String[]::new);
  }
}
