package io.postern.store;

import io.vertx.sqlclient.SqlClient;

/** The registry's tables through one connection, or through any of a pool. */
public final class RegistryTables {
  private final Statements statements;

  RegistryTables(SqlClient client) {
    this.statements = new Statements(client);
  }

  public ApplicationTable applications() {
    return new ApplicationTable(statements);
  }

  public ScopeTable scopes() {
    return new ScopeTable(statements);
  }

  public SecretTable secrets() {
    return new SecretTable(statements);
  }

  public KeyTable keys() {
    return new KeyTable(statements);
  }

  public SigningKeyTable signingKeys() {
    return new SigningKeyTable(statements);
  }

  public AuditTable auditEvents() {
    return new AuditTable(statements);
  }

  public IdempotencyTable idempotencyKeys() {
    return new IdempotencyTable(statements);
  }

  public GrantTable grants() {
    return new GrantTable(statements);
  }

  /** Reads for many agents and services at a time. */
  public TopologyTables topology() {
    return new TopologyTables(statements);
  }

  /** Writes for many agents and services at a time. */
  public TopologyWriter topologyWriter() {
    return new TopologyWriter(statements);
  }
}
