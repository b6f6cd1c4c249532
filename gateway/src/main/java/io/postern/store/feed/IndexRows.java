package io.postern.store.feed;

import io.postern.change.Change;
import io.postern.client.AssertionAudience;
import io.postern.client.ClientKey;
import io.postern.client.ClientSecret;
import io.postern.client.ClientSettings;
import io.postern.client.RegisteredClient;
import io.postern.grant.AgentAudience;
import io.postern.grant.BuiltInAudience;
import io.postern.grant.Expiry;
import io.postern.grant.Grant;
import io.postern.grant.ProtectedResource;
import io.postern.grant.TokenPolicy;
import io.postern.jose.KeyType;
import io.postern.jose.SignatureAlgorithm;
import io.postern.store.database.Statements;
import io.postern.store.keys.Keyring;
import io.postern.vault.CredentialLink;
import io.vertx.sqlclient.Row;
import java.time.OffsetDateTime;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The rows that the index is made of, and what they say: the same for the first snapshot and for a
 * change after it. Used for one reading, in one snapshot of the database.
 */
final class IndexRows {
  static final String APPLICATIONS =
      """
      select id, kind, audience, status, access_token_ttl_seconds, signing_alg,
             array_to_string(grant_types, ' '), assertion_audience, tokens_per_minute
        from application
      """;

  static final String SECRETS =
      """
      select client_id, data_key_id, hash, expires_at
        from client_secret
      """;

  static final String KEYS =
      """
      select client_id, kid, key_type, alg, public_key, expires_at
        from client_key
      """;

  static final String GRANTS =
      """
      select client_id, resource_id, array_to_string(scopes, ' '), expires_at
        from resource_grant
      """;

  static final String LINKS =
      """
      select client_id, credential_id, 'obtain' = any (access), 'relay' = any (access),
             requests_per_minute, expires_at
        from credential_link
      """;

  private final SharedValues shared;
  private final List<String> hashKeyIds;

  private IndexRows(SharedValues shared, List<String> hashKeyIds) {
    this.shared = shared;
    this.hashKeyIds = hashKeyIds;
  }

  /** For a reading in the present transaction, whose data keys the keyring learns. */
  static IndexRows of(Statements statements, SharedValues shared, Keyring keyring) {
    List<String> dataKeyIds =
        statements.query("select data_key_id from data_key order by data_key_id").stream()
            .map(row -> row.getString(0))
            .toList();
    keyring.learn(statements, dataKeyIds);
    return new IndexRows(shared, dataKeyIds);
  }

  /** The id in the first column: of an application itself, or of the client of anything else. */
  static String id(Row row) {
    return row.getString(0);
  }

  /**
   * The audience of an application that is not the one that follows from its id; "" when it has
   * none; null when it has the one that follows.
   */
  @Nullable String findGivenAudience(Row application) {
    String audience = application.getString(2);
    if (audience == null) {
      return "";
    }
    return hasAgentAudience(application) ? null : shared.audience(audience);
  }

  /**
   * Tells what puts an application into the index, as a client, as a resource, or as both.
   *
   * @param client whether it is one; a service is if it holds credentials
   * @param secrets the client's, as are keys, grants and links
   */
  void put(
      Row application,
      boolean client,
      List<ClientSecret> secrets,
      List<ClientKey> keys,
      List<Grant> grants,
      List<CredentialLink> links,
      Consumer<Change> changes) {
    if (client) {
      RegisteredClient registered =
          new RegisteredClient(id(application), settings(application), secrets, keys, grants);
      changes.accept(new Change.ClientPut(registered.withLinks(links)));
    }
    String audience = findGivenAudience(application);
    if (audience != null && !audience.isEmpty()) {
      changes.accept(
          new Change.ResourcePut(
              new ProtectedResource(
                  id(application), audience, isActive(application), tokenPolicy(application))));
    }
  }

  ClientSecret secret(Row row) {
    return new ClientSecret(
        row.getString(1), row.getBuffer(2).getBytes(), expiry(row.getOffsetDateTime(3)));
  }

  ClientKey key(Row row) {
    String alg = row.getString(3);
    return new ClientKey(
        row.getString(1),
        KeyType.require(row.getString(2)),
        alg == null ? null : SignatureAlgorithm.find(alg),
        row.getBuffer(4).getBytes(),
        expiry(row.getOffsetDateTime(5)));
  }

  /** The id of the resource that a grant is on. */
  static String resourceId(Row grant) {
    return grant.getString(1);
  }

  /**
   * The grant on the resource's audience; null for one on the vault, whose grants follow from links
   * and from nothing else.
   */
  @Nullable Grant findGrant(Row row, String audience) {
    if (audience.equals(BuiltInAudience.VAULT)) {
      return null;
    }
    return shared.grant(
        new Grant(audience, shared.scopes(row.getString(2)), expiry(row.getOffsetDateTime(3))));
  }

  CredentialLink link(Row row) {
    Integer requestsPerMinute = row.getInteger(4);
    return shared.link(
        new CredentialLink(
            shared.credentialId(row.getString(1)),
            row.getBoolean(2),
            row.getBoolean(3),
            requestsPerMinute == null ? CredentialLink.NO_LIMIT : requestsPerMinute,
            expiry(row.getOffsetDateTime(5))));
  }

  private ClientSettings settings(Row application) {
    Integer tokensPerMinute = application.getInteger(8);
    return shared.settings(
        new ClientSettings(
            isActive(application),
            // a service's credentials say who asks, and are good for no token
            isService(application) ? Set.of() : shared.grantTypes(application.getString(6)),
            assertionAudience(application.getString(7)),
            hashKeyIds,
            tokensPerMinute == null ? ClientSettings.NO_LIMIT : tokensPerMinute,
            hasAgentAudience(application) ? tokenPolicy(application) : null));
  }

  static boolean isService(Row application) {
    return application.getString(1).equals("service");
  }

  private static boolean hasAgentAudience(Row application) {
    String audience = application.getString(2);
    return audience != null
        && !isService(application)
        && id(application).equals(AgentAudience.findId(audience));
  }

  private static boolean isActive(Row application) {
    return application.getString(3).equals("active");
  }

  private static TokenPolicy tokenPolicy(Row application) {
    Integer ttl = application.getInteger(4);
    String alg = application.getString(5);
    SignatureAlgorithm algorithm = alg == null ? null : SignatureAlgorithm.find(alg);
    return new TokenPolicy(
        ttl == null ? ProtectedResource.DEFAULT_ACCESS_TOKEN_TTL_SECONDS : ttl,
        algorithm == null ? ProtectedResource.DEFAULT_SIGNING_ALGORITHM : algorithm);
  }

  private static AssertionAudience assertionAudience(String value) {
    return value.equals("issuer_or_token_endpoint")
        ? AssertionAudience.ISSUER_OR_TOKEN_ENDPOINT
        : AssertionAudience.ISSUER;
  }

  static long expiry(@Nullable OffsetDateTime time) {
    return time == null ? Expiry.NEVER : Expiry.micros(time.toInstant());
  }
}
