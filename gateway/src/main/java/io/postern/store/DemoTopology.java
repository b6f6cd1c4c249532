package io.postern.store;

import io.postern.crypto.CryptoProvider;
import io.postern.crypto.Sealed;
import io.postern.crypto.SecretHashKey;
import io.postern.store.database.Statements;
import io.postern.store.keys.Keyring;
import io.postern.store.vault.HostedValueTable;
import io.postern.vault.SealedValue;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** Two services, two agents and a hosted credential to try things with; made once. */
public final class DemoTopology implements FirstStart.Seed {
  /** The agent that may get tokens. */
  public static final String AGENT = "demo-agent";

  /** An audience that it may get tokens for. */
  public static final String AUDIENCE = "https://crm.example.com";

  /** The identifier, and the id, of a hosted credential that it may obtain. */
  public static final String LLM = "demo-llm";

  private static final List<String> STATEMENTS =
      List.of(
          """
          insert into application (id, kind, name, audience, permission_name, permission_mode)
          values
            ('demo-crm', 'service', 'CRM', 'https://crm.example.com', null, null),
            ('demo-erp', 'service', 'ERP', 'https://erp.example.com', null, null),
            ('demo-agent', 'agent', 'Demo agent', 'urn:postern:agent:demo-agent',
             'Demo agent', 'auto'),
            ('demo-researcher', 'agent', 'Demo researcher', 'urn:postern:agent:demo-researcher',
             'Demo researcher', 'auto')
          """,
          """
          insert into scope (application_id, value, name)
          values
            ('demo-crm', 'customers:read', 'Read customers'),
            ('demo-crm', 'customers:write', 'Change customers'),
            ('demo-erp', 'orders:read', 'Read orders'),
            ('demo-erp', 'orders:approve', 'Approve orders'),
            ('demo-agent', 'agent.access', null),
            ('demo-researcher', 'agent.access', null)
          """,
          """
          insert into resource_grant (client_id, resource_id, scopes)
          values
            ('demo-agent', 'demo-crm', '{customers:read}'),
            ('demo-agent', 'demo-erp', '{orders:read,orders:approve}'),
            ('demo-agent', 'demo-researcher', '{agent.access}')
          """,
          """
          insert into hosted_credential
            (credential_id, identifier, name, description, business_type, kind, target)
          values
            ('demo-llm', 'demo-llm', 'Demo LLM', 'Give it a key and a base URL of your own',
             'llm', 'api_key', '{"base_url": "https://llm.example.com/v1"}')
          """,
          """
          insert into credential_link (client_id, credential_id, access)
          values ('demo-agent', 'demo-llm', '{obtain,relay}')
          """);

  private static final String VALUE_ID = "demo-llm-key";
  private static final String VALUE = "not-a-key-of-any-provider";

  private final String secret;

  /**
   * @param secret the agent's secret
   */
  public DemoTopology(String secret) {
    this.secret = secret;
  }

  @Override
  public void plant(SqlConnection transaction, Keyring keyring, CryptoProvider provider) {
    boolean wasMade =
        transaction
                .preparedQuery("select 1 from application_id where id = $1")
                .execute(Tuple.of(AGENT))
                .await()
                .size()
            > 0;
    if (wasMade) {
      return;
    }
    SecretHashKey key = keyring.secretHashKeys().getFirst();
    STATEMENTS.forEach(statement -> transaction.query(statement).execute().await());
    transaction
        .preparedQuery(
            """
            insert into client_secret (secret_id, client_id, hash, data_key_id, description)
            values ('demo-secret', $1, $2, $3, 'made by postern dev')
            """)
        .execute(Tuple.of(AGENT, Buffer.buffer(key.hash(provider, secret)), key.id()))
        .await();
    Sealed value =
        keyring
            .vaultKeys()
            .seal(VALUE.getBytes(StandardCharsets.UTF_8), SealedValue.context(LLM, VALUE_ID));
    new HostedValueTable(new Statements(transaction)).insert(LLM, VALUE_ID, value);
  }

  @Override
  public String toString() {
    return "DemoTopology[secret=<redacted>]";
  }
}
