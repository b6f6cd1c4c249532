package io.postern.store;

import io.postern.crypto.CryptoProvider;
import io.postern.crypto.SecretHashKey;
import io.vertx.core.buffer.Buffer;
import io.vertx.sqlclient.SqlConnection;
import io.vertx.sqlclient.Tuple;
import java.util.List;

/** Two services and two agents to try things with; made once. */
public final class DemoTopology implements FirstStart.Seed {
  /** The agent that may get tokens. */
  public static final String AGENT = "demo-agent";

  /** An audience that it may get tokens for. */
  public static final String AUDIENCE = "https://crm.example.com";

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
          """);

  private final String secret;

  /**
   * @param secret the agent's secret
   */
  public DemoTopology(String secret) {
    this.secret = secret;
  }

  @Override
  public void plant(SqlConnection transaction, SecretHashKey key, CryptoProvider provider) {
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
    STATEMENTS.forEach(statement -> transaction.query(statement).execute().await());
    transaction
        .preparedQuery(
            """
            insert into client_secret (secret_id, client_id, hash, data_key_id, description)
            values ('demo-secret', $1, $2, $3, 'made by postern dev')
            """)
        .execute(Tuple.of(AGENT, Buffer.buffer(key.hash(provider, secret)), key.id()))
        .await();
  }

  @Override
  public String toString() {
    return "DemoTopology[secret=<redacted>]";
  }
}
