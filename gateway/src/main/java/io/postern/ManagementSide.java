package io.postern;

import io.postern.admin.AdminApi;
import io.postern.admin.KeySource;
import io.postern.admin.OwnGateway;
import io.postern.admin.contract.AdminContract;
import io.postern.admin.operations.AccessExplainer;
import io.postern.admin.protocol.AdminAuthenticator;
import io.postern.admin.protocol.IndexStatus;
import io.postern.admin.vault.VaultRules;
import io.postern.change.RevisionGate;
import io.postern.client.RegisteredClient;
import io.postern.grant.AccessExplanation;
import io.postern.grant.Grant;
import io.postern.http.AccessLog;
import io.postern.http.HealthEndpoint;
import io.postern.http.ManagementListener;
import io.postern.index.GrantIndex;
import io.postern.index.IndexImage;
import io.postern.jose.AccessToken;
import io.postern.tls.ClientCertificates;
import io.postern.tls.ServerTls;
import io.postern.tls.TlsFiles;
import io.postern.tls.UnfitTlsFileException;
import io.postern.token.CredentialExplainer;
import io.postern.token.TokenExplainer;
import io.postern.vault.CredentialExplanation;
import io.vertx.ext.web.Router;
import java.time.Instant;
import java.util.function.BooleanSupplier;

/** The management listener: health, metrics, admin API. */
final class ManagementSide {
  private final Foundation base;
  private final GrantIndex index;
  private final IndexSide indexSide;
  private final RevisionGate revisions;

  /**
   * @param revisions tells when this gateway answers by a write
   */
  ManagementSide(Foundation base, IndexSide indexSide, RevisionGate revisions) {
    this.base = base;
    this.index = base.index();
    this.indexSide = indexSide;
    this.revisions = revisions;
  }

  /**
   * Opens the listener.
   *
   * @param accepting whether the gateway may be sent requests
   */
  void start(AdminContract contract, BooleanSupplier accepting) throws UnfitTlsFileException {
    Router router = Router.router(base.vertx());
    AccessLog accessLog = base.findAccessLog();
    if (accessLog != null) {
      accessLog.mount(router);
    }
    new HealthEndpoint(index, accepting).mount(router);
    TlsFiles tlsFiles = base.settings().tls().management();
    ServerTls tls = base.startTls("management", tlsFiles);
    if (tlsFiles != null && tlsFiles.clientAuthorities() != null) {
      ClientCertificates.require(router);
    }
    base.metrics().mount(router);
    mountAdminApi(router, contract);
    base.parts()
        .deployOnVirtualThread(
            new ManagementListener(base.settings().listeners().management(), router, tls));
  }

  private void mountAdminApi(Router router, AdminContract contract) {
    AdminAuthenticator authenticator =
        new AdminAuthenticator(
            base.crypto(),
            () -> index.image().signingKeys(),
            (token, scope) -> administers(index.image(), token, scope),
            base.settings().issuer().identifier(),
            base.clock());
    OwnGateway own =
        new OwnGateway(
            revisions, this::status, new Explainer(), base.decisions(), indexSide::isDatabaseAway);
    KeySource keys =
        new KeySource(
            base.crypto(),
            () -> base.keyring().secretHashKeys().getFirst(),
            base.keyring()::vaultKeys,
            base.keyring()::newSigningKey);
    VaultRules vault =
        new VaultRules(base.settings().credentialLimit(), base.settings().relay().allowHttp());
    new AdminApi(
            contract, base.connections(), own, keys, base.settings().license(), vault, base.clock())
        .mount(router, authenticator);
  }

  private boolean administers(IndexImage image, AccessToken token, String scope) {
    RegisteredClient client = image.hasEnded(token) ? null : image.findClient(token.clientId());
    Grant grant =
        client == null
            ? null
            : client.findGrant(AdminAuthenticator.AUDIENCE, base.clock().instant());
    return client != null && client.active() && grant != null && grant.scopes().contains(scope);
  }

  private IndexStatus status() {
    IndexImage image = index.image();
    return new IndexStatus(
        image.revision().number(),
        image.clientCount(),
        image.resourceCount(),
        image.countGrants(),
        index.staleness(System.nanoTime()));
  }

  /** Explains each request by the image of the moment. */
  private final class Explainer implements AccessExplainer {
    @Override
    public AccessExplanation explain(
        String clientId, String audience, String resource, String scope) {
      return tokens(index.image(), isStale(), base.clock().instant())
          .explain(clientId, audience, resource, scope);
    }

    @Override
    public CredentialExplanation explainCredential(
        String clientId, String identifier, String scope) {
      IndexImage image = index.image();
      boolean stale = isStale();
      Instant now = base.clock().instant();
      return new CredentialExplainer(
              image, stale, tokens(image, stale, now), base.credentialLimiter(), now)
          .explain(clientId, identifier, scope);
    }

    private TokenExplainer tokens(IndexImage image, boolean stale, Instant now) {
      return new TokenExplainer(image, stale, base.rateLimiter(), now);
    }

    private boolean isStale() {
      return index.isStale(System.nanoTime());
    }
  }
}
