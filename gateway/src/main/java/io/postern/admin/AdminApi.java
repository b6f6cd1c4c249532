package io.postern.admin;

import static io.postern.admin.Page.CURSOR;
import static io.postern.admin.Page.LIMIT;

import io.postern.change.RevisionGate;
import io.postern.crypto.CryptoProvider;
import io.postern.crypto.SecretHashKey;
import io.postern.jose.SignatureAlgorithm;
import io.postern.store.Registry;
import io.postern.store.ReplicaTable;
import io.postern.store.SealedSigningKey;
import io.vertx.core.http.HttpMethod;
import io.vertx.ext.web.Router;
import io.vertx.sqlclient.Pool;
import java.time.Clock;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The admin API: which resource answers at which path. */
public final class AdminApi {
  private final AdminContract contract;
  private final AdminAuthenticator authenticator;
  private final BooleanSupplier databaseAway;
  private final RegistryWriter writer;
  private final AgentResource agents;
  private final SecretResource secrets;
  private final KeyResource keys;
  private final GrantResource grants;
  private final ServiceResource services;
  private final ScopeResource scopes;
  private final SigningKeyResource signingKeys;
  private final IndexResource index;
  private final ExplainResource explain;
  private final LicenseResource licenses;
  private final TopologyResource topology;
  private final TopologyDocument document;
  private final AuditResource audit;

  /**
   * @param contract what requests are held to
   * @param gate tells when this gateway's own index includes a write
   * @param indexStatus what this gateway's own index holds now
   * @param explainer what the token endpoint of this gateway would decide now
   * @param databaseAway whether it is known that the database cannot be reached
   * @param hashKey the key under which new secrets are hashed now
   * @param signingKeys makes a new key that signs access tokens
   * @param licenseLimit the most applications that may exist, or null for any number
   */
  public AdminApi(
      AdminContract contract,
      Pool pool,
      RevisionGate gate,
      Supplier<IndexStatus> indexStatus,
      AccessExplainer explainer,
      BooleanSupplier databaseAway,
      AdminAuthenticator authenticator,
      Supplier<SecretHashKey> hashKey,
      Function<SignatureAlgorithm, SealedSigningKey> signingKeys,
      CryptoProvider provider,
      @Nullable Integer licenseLimit,
      Clock clock) {
    Registry registry = new Registry(pool);
    OwnIndex ownIndex = new OwnIndex(gate, indexStatus);
    Replicas replicas = new Replicas(new ReplicaTable(pool));
    this.writer = new RegistryWriter(registry, ownIndex, replicas);
    Identifiers identifiers = new Identifiers(provider.secureRandom());
    License license = new License(licenseLimit);
    this.contract = contract;
    this.authenticator = authenticator;
    this.databaseAway = databaseAway;
    this.agents = new AgentResource(registry, writer, identifiers, license);
    this.secrets = new SecretResource(registry, writer, hashKey, provider, identifiers, clock);
    this.keys = new KeyResource(registry, writer, clock);
    this.grants = new GrantResource(registry, writer, clock);
    this.services = new ServiceResource(registry, writer, identifiers, license);
    this.scopes = new ScopeResource(registry, writer);
    this.signingKeys = new SigningKeyResource(registry, writer, signingKeys);
    this.document = new TopologyDocument(registry, writer, identifiers, license);
    this.index = new IndexResource(ownIndex, replicas, databaseAway);
    this.topology = new TopologyResource(registry);
    this.audit = new AuditResource(registry);
    this.licenses = new LicenseResource(registry, license);
    this.explain = new ExplainResource(registry, explainer, databaseAway);
  }

  /** Binds everything below {@code /admin/}. The router's server must run on virtual threads. */
  public void mount(Router router) {
    AdminRoutes routes = new AdminRoutes(router, authenticator, databaseAway, writer);

    routes.at("/agents").get(agents::list, LIMIT, CURSOR, "name", "status").post(agents::create);
    routes.at("/agents/:client_id").get(agents::get).patch(agents::patch).delete(agents::delete);
    routes.at("/agents/:client_id/secrets").get(secrets::list, LIMIT, CURSOR).post(secrets::create);
    routes.at("/agents/:client_id/secrets/:secret_id").get(secrets::get).delete(secrets::delete);
    routes.at("/agents/:client_id/keys").get(keys::list, LIMIT, CURSOR).post(keys::create);
    routes.at("/agents/:client_id/keys/:kid").get(keys::get).delete(keys::delete);
    routes.at("/agents/:client_id/grants").get(grants::list, LIMIT, CURSOR);
    routes
        .at("/agents/:client_id/grants/:service_id")
        .get(grants::get)
        .put(grants::put)
        .delete(grants::delete);
    routes.at("/agents/:client_id/topology").get(topology::get, LIMIT, CURSOR);

    routes
        .at("/services")
        .get(services::list, LIMIT, CURSOR, "name", "audience")
        .post(services::create);
    routes
        .at("/services/:service_id")
        .get(services::get)
        .patch(services::patch)
        .delete(services::delete);
    routes.at("/services/:service_id/scopes").get(scopes::list, LIMIT, CURSOR).post(scopes::create);
    routes
        .at("/services/:service_id/scopes/:value")
        .get(scopes::get)
        .patch(scopes::patch)
        .delete(scopes::delete);

    routes.at("/signing-keys").get(signingKeys::list, LIMIT, CURSOR);
    routes.at("/signing-keys/rotate").post(signingKeys::rotate);

    routes
        .at("/audit-events")
        .get(
            audit::list,
            LIMIT,
            CURSOR,
            AuditResource.ACTOR,
            AuditResource.TARGET,
            AuditResource.ACTION,
            AuditResource.FROM,
            AuditResource.TO);
    routes.at("/license").get(licenses::get);
    routes.at(ExplainResource.PATH).ask(explain::explain);
    var whole = routes.at(TopologyDocument.PATH);
    whole.stream(HttpMethod.GET, document::export).stream(HttpMethod.HEAD, document::export);
    whole.stream(
        HttpMethod.POST,
        document::apply,
        TopologyDocument.DRY_RUN,
        TopologyDocument.PRUNE,
        Replicas.WAIT,
        Query.TIMEOUT);
    routes.at(IndexResource.PATH).get(index::get, IndexResource.MIN_REVISION, Query.TIMEOUT);
    routes.at(AdminContract.PATH).get(request -> AdminResponse.ok(contract.json()));
    routes.rejectOthers();
  }
}
