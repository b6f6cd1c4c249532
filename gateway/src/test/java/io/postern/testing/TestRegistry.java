package io.postern.testing;

import com.nimbusds.jose.jwk.AsymmetricJWK;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.OctetKeyPair;
import io.postern.change.Revision;
import io.postern.change.RevisionGate;
import io.postern.crypto.CryptoProvider;
import io.postern.crypto.MasterKeys;
import io.postern.crypto.Sealed;
import io.postern.crypto.SecretHashKey;
import io.postern.store.FirstStart;
import io.postern.store.database.Database;
import io.postern.store.keys.Keyring;
import io.postern.vault.SealedValue;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.bouncycastle.asn1.edec.EdECObjectIdentifiers;
import org.bouncycastle.asn1.x509.AlgorithmIdentifier;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;

/**
 * Writes rows with plain SQL, beside the gateway and its admin API. Each method returns when the
 * gateway answers by what was written.
 */
public final class TestRegistry implements AutoCloseable {
  /** An agent with a secret. */
  public record Agent(String clientId, String secret) {}

  /** A service, or an agent as a resource. */
  public record Resource(String id, String audience) {}

  /** A hosted credential. */
  public record Hosted(String id, String identifier) {}

  private final Connection connection;
  private final RevisionGate revisions;
  private final CryptoProvider crypto = CryptoProvider.best();
  private final Keyring keyring;
  private final SecretHashKey hashKey;

  TestRegistry(String databaseUrl, MasterKeys masterKeys, RevisionGate revisions) {
    this.revisions = revisions;
    try {
      this.connection = connect(databaseUrl);
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    Vertx vertx = Vertx.vertx();
    try {
      this.keyring =
          new FirstStart(masterKeys, crypto)
              .prepare(Database.parse(databaseUrl).pool(vertx), null, FirstStart.Seed.NONE)
              .keyring();
      this.hashKey = keyring.secretHashKeys().getFirst();
    } finally {
      vertx.close().await();
    }
  }

  /** A new agent with one secret and no grants. */
  public Agent agent() {
    String id = "agent-" + newId();
    run(
        """
        insert into application (id, kind, name, audience, permission_name, permission_mode)
        values (?, 'agent', 'A test agent', ?, 'A test agent', 'auto')\
        """,
        id,
        "urn:postern:agent:" + id);
    run("insert into scope (application_id, value) values (?, 'agent.access')", id);
    return new Agent(id, secret(id));
  }

  /** A further secret for an agent. */
  public String secret(String clientId) {
    String secret = newId() + newId();
    run(
        """
        insert into client_secret (secret_id, client_id, hash, data_key_id)
        values (?, ?, ?, ?)\
        """,
        newId(),
        clientId,
        hashKey.hash(crypto, secret),
        hashKey.id());
    return secret;
  }

  /** A new service with these scopes and an audience that nobody else has. */
  public Resource service(String... scopes) {
    return serviceOf("https://" + newId() + ".example.com/api", scopes);
  }

  /** A new service with that audience and these scopes. */
  public Resource serviceOf(String audience, String... scopes) {
    String id = "service-" + newId();
    run(
        "insert into application (id, kind, name, audience) values (?, 'service', 'A service', ?)",
        id,
        audience);
    for (String scope : scopes) {
      run("insert into scope (application_id, value) values (?, ?)", id, scope);
    }
    return new Resource(id, audience);
  }

  /** Grants scopes on a resource to an agent, in place of what was granted. */
  public void grant(Agent agent, Resource resource, String... scopes) {
    run(
        """
        insert into resource_grant (client_id, resource_id, scopes) values (?, ?, ?)
        on conflict (client_id, resource_id) do update set scopes = excluded.scopes\
        """,
        agent.clientId(),
        resource.id(),
        scopes);
  }

  /** Registers the public part of a key under its {@code kid}. */
  public void key(Agent agent, JWK jwk) {
    key(agent.clientId(), jwk.getKeyID(), jwk, null);
  }

  /** Registers the public part of a key, with an end. */
  public void key(String clientId, String kid, JWK jwk, Instant expiresAt) {
    try {
      run(
          """
          insert into client_key
              (client_id, kid, thumbprint, key_type, public_key, alg, expires_at)
          values (?, ?, ?, ?, ?, ?, ?)\
          """,
          clientId,
          kid,
          jwk.computeThumbprint().toString(),
          keyType(jwk),
          spki(jwk),
          jwk.getAlgorithm() == null ? null : jwk.getAlgorithm().getName(),
          expiresAt == null ? null : OffsetDateTime.ofInstant(expiresAt, ZoneOffset.UTC));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** A hosted credential of an LLM provider: an API key without a target. */
  public Hosted apiKey(String value) {
    return apiKey(value, null);
  }

  /**
   * The same with a target.
   *
   * @param target as JSON, or null
   */
  public Hosted apiKey(String value, String target) {
    String id = "cred_" + newId();
    Hosted hosted = new Hosted(id, "key-" + newId());
    run(
        """
        insert into hosted_credential
            (credential_id, identifier, name, business_type, kind, target)
        values (?, ?, 'A key', 'llm', 'api_key', ?::jsonb)\
        """,
        id,
        hosted.identifier(),
        target);
    value(hosted, value);
    return hosted;
  }

  /** A hosted OAuth client of an external service, with a secret. */
  public Hosted oauthClient(URI tokenEndpoint, String secret, String authMethod) {
    String id = "cred_" + newId();
    Hosted hosted = new Hosted(id, "client-" + newId());
    run(
        """
        insert into hosted_credential
            (credential_id, identifier, name, business_type, kind, oauth_client)
        values (?, ?, 'A client', 'external_service', 'oauth_client', ?::jsonb)\
        """,
        id,
        hosted.identifier(),
        new JsonObject()
            .put("token_endpoint", tokenEndpoint.toString())
            .put("client_id", "postern at the provider")
            .put("scope", "contacts:read")
            .put("auth_method", authMethod)
            .encode());
    value(hosted, secret);
    return hosted;
  }

  /** A further value of a hosted credential; the newest is the present one. Its id. */
  public String value(Hosted hosted, String value) {
    String valueId = "val_" + newId();
    Sealed sealed =
        keyring
            .vaultKeys()
            .seal(
                value.getBytes(StandardCharsets.UTF_8), SealedValue.context(hosted.id(), valueId));
    run(
        """
        insert into hosted_value (value_id, credential_id, sealed, data_key_id)
        values (?, ?, ?, ?)\
        """,
        valueId,
        hosted.id(),
        sealed.bytes(),
        sealed.dataKeyId());
    return valueId;
  }

  /** Links a hosted credential to an agent, in place of the link that there was. */
  public void link(Agent agent, Hosted hosted, String... access) {
    run(
        """
        insert into credential_link (client_id, credential_id, access) values (?, ?, ?)
        on conflict (client_id, credential_id) do update set access = excluded.access\
        """,
        agent.clientId(),
        hosted.id(),
        access);
  }

  /** Runs a statement of any kind; its parameters are strings, numbers, bytes, arrays or null. */
  public void run(String sql, Object... parameters) {
    try (PreparedStatement statement = prepare(sql, parameters)) {
      statement.execute();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
    awaitIndex();
  }

  /** The first column of each row of a query, as text. */
  public List<String> query(String sql, Object... parameters) {
    try (PreparedStatement statement = prepare(sql, parameters);
        ResultSet rows = statement.executeQuery()) {
      List<String> values = new ArrayList<>();
      while (rows.next()) {
        values.add(rows.getString(1));
      }
      return values;
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Waits until the gateway answers by all that is committed now. */
  public void awaitIndex() {
    Revision head =
        new Revision(Long.parseLong(query("select revision from feed_head").getFirst()));
    boolean inTime = revisions.reached(head, Duration.ofSeconds(20)).toCompletableFuture().join();
    if (!inTime) {
      throw new IllegalStateException("the index did not reach " + head);
    }
  }

  @Override
  public void close() {
    try {
      connection.close();
    } catch (SQLException e) {
      throw new IllegalStateException(e);
    }
  }

  /** A connection with JDBC to {@code postgresql://user:password@host:port/database}. */
  public static Connection connect(String databaseUrl) throws SQLException {
    URI uri = URI.create(databaseUrl);
    String[] user = uri.getUserInfo().split(":", 2);
    return DriverManager.getConnection(
        "jdbc:postgresql://" + uri.getHost() + ":" + uri.getPort() + uri.getPath(),
        user[0],
        user[1]);
  }

  private PreparedStatement prepare(String sql, Object... parameters) throws SQLException {
    PreparedStatement statement = connection.prepareStatement(sql);
    for (int i = 0; i < parameters.length; i++) {
      Object parameter = parameters[i];
      if (parameter instanceof String[] array) {
        statement.setArray(i + 1, connection.createArrayOf("text", array));
      } else {
        statement.setObject(i + 1, parameter);
      }
    }
    return statement;
  }

  private static String keyType(JWK jwk) {
    return switch (jwk) {
      case ECKey ec -> ec.getCurve().getName();
      case OctetKeyPair okp -> okp.getCurve().getName();
      default -> "RSA";
    };
  }

  private static byte[] spki(JWK jwk) throws Exception {
    if (jwk instanceof OctetKeyPair okp && okp.getCurve().equals(Curve.Ed25519)) {
      return new SubjectPublicKeyInfo(
              new AlgorithmIdentifier(EdECObjectIdentifiers.id_Ed25519), okp.getDecodedX())
          .getEncoded();
    }
    return ((AsymmetricJWK) jwk).toPublicKey().getEncoded();
  }

  private static String newId() {
    return UUID.randomUUID().toString().replace("-", "");
  }
}
