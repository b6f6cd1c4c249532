package io.postern.admin;

import io.postern.admin.contract.AdminContract;
import io.postern.admin.keys.SigningKeyResource;
import io.postern.admin.operations.AuditResource;
import io.postern.admin.operations.DecisionResource;
import io.postern.admin.operations.ExplainResource;
import io.postern.admin.operations.IndexResource;
import io.postern.admin.operations.LicenseResource;
import io.postern.admin.protocol.AdminAuthenticator;
import io.postern.admin.protocol.AdminResponse;
import io.postern.admin.protocol.AdminRoutes;
import io.postern.admin.protocol.OwnIndex;
import io.postern.admin.protocol.RegistryWriter;
import io.postern.admin.protocol.Replicas;
import io.postern.admin.registry.AgentResource;
import io.postern.admin.registry.GrantResource;
import io.postern.admin.registry.Identifiers;
import io.postern.admin.registry.KeyResource;
import io.postern.admin.registry.License;
import io.postern.admin.registry.Owner;
import io.postern.admin.registry.ScopeResource;
import io.postern.admin.registry.SecretResource;
import io.postern.admin.registry.ServiceResource;
import io.postern.admin.revocation.RevocationResource;
import io.postern.admin.topology.TopologyDocument;
import io.postern.admin.topology.TopologyResource;
import io.postern.admin.vault.CredentialResource;
import io.postern.admin.vault.CredentialValueResource;
import io.postern.admin.vault.LinkResource;
import io.postern.admin.vault.NewValues;
import io.postern.admin.vault.UsageResource;
import io.postern.admin.vault.VaultRules;
import io.postern.store.database.Transactions;
import io.postern.store.replica.ReplicaTable;
import io.vertx.ext.web.Router;
import io.vertx.sqlclient.Pool;
import java.time.Clock;
import java.util.function.BooleanSupplier;

/** The admin API: what does each operation of its contract. */
public final class AdminApi {
  private final AdminContract contract;
  private final BooleanSupplier databaseAway;
  private final RegistryWriter writer;
  private final AgentResource agents;
  private final SecretResource secrets;
  private final KeyResource keys;
  private final GrantResource grants;
  private final ServiceResource services;
  private final ScopeResource scopes;
  private final SecretResource serviceSecrets;
  private final KeyResource serviceKeys;
  private final SigningKeyResource signingKeys;
  private final IndexResource index;
  private final ExplainResource explain;
  private final LicenseResource licenses;
  private final TopologyResource topology;
  private final TopologyDocument document;
  private final AuditResource audit;
  private final DecisionResource decisions;
  private final CredentialResource credentials;
  private final CredentialValueResource values;
  private final LinkResource links;
  private final UsageResource usage;
  private final RevocationResource revocations;

  /**
   * @param contract what requests are held to
   * @param vault what this gateway's settings say of hosted credentials
   */
  public AdminApi(
      AdminContract contract,
      Pool pool,
      OwnGateway gateway,
      KeySource keySource,
      License license,
      VaultRules vault,
      Clock clock) {
    Transactions transactions = new Transactions(pool);
    OwnIndex ownIndex = new OwnIndex(gateway.gate(), gateway.index());
    Replicas replicas = new Replicas(new ReplicaTable(pool));
    this.writer = new RegistryWriter(transactions, ownIndex, replicas);
    Identifiers identifiers = new Identifiers(keySource.provider().secureRandom());
    NewValues newValues = new NewValues(keySource.vaultKeys(), keySource.provider(), identifiers);
    this.contract = contract;
    this.databaseAway = gateway.databaseAway();
    this.agents = new AgentResource(transactions, writer, identifiers, license);
    this.secrets = secrets(Owner.AGENT, transactions, keySource, identifiers, clock);
    this.keys = new KeyResource(transactions, writer, Owner.AGENT, clock);
    this.grants = new GrantResource(transactions, writer, clock);
    this.services = new ServiceResource(transactions, writer, identifiers, license);
    this.scopes = new ScopeResource(transactions, writer);
    this.serviceSecrets = secrets(Owner.SERVICE, transactions, keySource, identifiers, clock);
    this.serviceKeys = new KeyResource(transactions, writer, Owner.SERVICE, clock);
    this.signingKeys = new SigningKeyResource(transactions, writer, keySource.signingKeys());
    this.document =
        new TopologyDocument(
            contract, transactions, writer, identifiers, license, vault, newValues, clock);
    this.index = new IndexResource(ownIndex, replicas, databaseAway);
    this.topology = new TopologyResource(transactions);
    this.audit = new AuditResource(transactions);
    this.decisions = new DecisionResource(gateway.decisions());
    this.licenses = new LicenseResource(transactions, license);
    this.credentials =
        new CredentialResource(transactions, writer, newValues, identifiers, vault, clock);
    this.values = new CredentialValueResource(writer, newValues, clock);
    this.links = new LinkResource(transactions, writer, clock);
    this.usage = new UsageResource(transactions);
    this.revocations = new RevocationResource(transactions, writer, gateway.decisions(), clock);
    this.explain = new ExplainResource(transactions, gateway.explainer(), databaseAway);
  }

  private SecretResource secrets(
      Owner owner,
      Transactions transactions,
      KeySource keySource,
      Identifiers identifiers,
      Clock clock) {
    return new SecretResource(
        transactions, writer, owner, keySource.hashKey(), keySource.provider(), identifiers, clock);
  }

  /** Binds everything below {@code /admin/}. The router's server must run on virtual threads. */
  public void mount(Router router, AdminAuthenticator authenticator) {
    AdminRoutes routes = new AdminRoutes(router, contract, authenticator, databaseAway, writer);

    routes.bind("listAgents", agents::list).bind("createAgent", agents::create);
    routes.bind("getAgent", agents::get).bind("patchAgent", agents::patch);
    routes.bind("deleteAgent", agents::delete);
    routes.bind("listSecrets", secrets::list).bind("createSecret", secrets::create);
    routes.bind("getSecret", secrets::get).bind("deleteSecret", secrets::delete);
    routes.bind("listKeys", keys::list).bind("createKey", keys::create);
    routes.bind("getKey", keys::get).bind("deleteKey", keys::delete);
    routes.bind("listGrants", grants::list).bind("getGrant", grants::get);
    routes.bind("putGrant", grants::put).bind("deleteGrant", grants::delete);
    routes.bind("getTopology", topology::get);

    routes.bind("listServices", services::list).bind("createService", services::create);
    routes.bind("getService", services::get).bind("patchService", services::patch);
    routes.bind("deleteService", services::delete);
    routes.bind("listScopes", scopes::list).bind("createScope", scopes::create);
    routes.bind("getScope", scopes::get).bind("patchScope", scopes::patch);
    routes.bind("deleteScope", scopes::delete);
    routes.bind("listServiceSecrets", serviceSecrets::list);
    routes.bind("createServiceSecret", serviceSecrets::create);
    routes.bind("getServiceSecret", serviceSecrets::get);
    routes.bind("deleteServiceSecret", serviceSecrets::delete);
    routes.bind("listServiceKeys", serviceKeys::list);
    routes.bind("createServiceKey", serviceKeys::create);
    routes.bind("getServiceKey", serviceKeys::get);
    routes.bind("deleteServiceKey", serviceKeys::delete);

    routes.bind("listCredentials", credentials::list);
    routes.bind("createCredential", credentials::create);
    routes.bind("getCredential", credentials::get).bind("patchCredential", credentials::patch);
    routes.bind("deleteCredential", credentials::delete);
    routes.bind("putCredentialValue", values::put);
    routes.bind("deleteCredentialValue", values::delete);
    routes.bind("listCredentialLinks", links::listOfCredential);
    routes.bind("listCredentialUsage", usage::list);
    routes.bind("listLinks", links::list).bind("getLink", links::get);
    routes.bind("putLink", links::put).bind("deleteLink", links::delete);

    routes.bind("listSigningKeys", signingKeys::list);
    routes.bind("rotateSigningKeys", signingKeys::rotate);
    routes.bind("listRevocations", revocations::list).bind("revoke", revocations::create);
    routes.bind("explain", explain::explain);
    routes.bind("listDecisions", decisions::list).bind("getDecision", decisions::get);
    routes.bind("listAuditEvents", audit::list);
    routes.bindStream("exportTopology", document::export);
    routes.bindStream("applyTopology", document::apply);
    routes.bind("getLicense", licenses::get);
    routes.bind("getIndex", index::get);
    routes.bind("getOpenApi", request -> AdminResponse.ok(contract.json()));
    routes.mount();
  }
}
