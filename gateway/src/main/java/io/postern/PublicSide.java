package io.postern;

import io.micrometer.core.instrument.Gauge;
import io.postern.client.AssertionRules;
import io.postern.client.AssertionVerifier;
import io.postern.client.AttemptLimiter;
import io.postern.client.ClientAuthenticator;
import io.postern.client.CredentialUses;
import io.postern.client.ReplayGuard;
import io.postern.client.SecretVerifier;
import io.postern.crypto.CryptoProvider;
import io.postern.crypto.RandomIds;
import io.postern.decision.DecisionListener;
import io.postern.decision.DecisionLog;
import io.postern.decision.DecisionMetrics;
import io.postern.decision.DecisionSettings;
import io.postern.decision.VaultMetrics;
import io.postern.http.AccessLog;
import io.postern.http.AuthorizationEndpoint;
import io.postern.http.CrossOrigin;
import io.postern.http.Decisions;
import io.postern.http.HandedValues;
import io.postern.http.JwksEndpoint;
import io.postern.http.MetadataEndpoint;
import io.postern.http.ObtainEndpoint;
import io.postern.http.OpenConnections;
import io.postern.http.ProviderJwksEndpoint;
import io.postern.http.PublicListener;
import io.postern.http.PublicRoutes;
import io.postern.http.RequestBodies;
import io.postern.http.RequestQueue;
import io.postern.http.TokenEndpoint;
import io.postern.http.Traffic;
import io.postern.http.VaultAccess;
import io.postern.http.WorkerThreads;
import io.postern.jose.AccessTokenVerifier;
import io.postern.jose.DecoyKeys;
import io.postern.oauth.Issuer;
import io.postern.relay.RelayEndpoint;
import io.postern.relay.RelayParts;
import io.postern.relay.Targets;
import io.postern.replay.AssertionSettings;
import io.postern.store.use.CredentialUseTable;
import io.postern.sync.WriteBack;
import io.postern.tls.ServerTls;
import io.postern.tls.UnfitTlsFileException;
import io.postern.token.AccessTokenSigner;
import io.postern.token.SlowSigner;
import io.postern.token.TokenIssuer;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** The public listener: token endpoint, metadata, JWK Set, vault. */
final class PublicSide {
  /** By how much the time of a last use may be wrong, and what a crash may lose. */
  private static final Duration LAST_USES_WITHIN = Duration.ofSeconds(30);

  private final Foundation base;
  private final BooleanSupplier draining;
  private final ReplayGuard replayGuard;
  private final AssertionRules rules;
  private final DecoyKeys decoys;
  private final AttemptLimiter attemptLimiter = new AttemptLimiter();
  private final CredentialUses uses = new CredentialUses();
  private final Traffic traffic = new Traffic();
  private final HandedValues values;
  private final SlowSigner slowSigner;
  private final DecisionListener decisions;
  private final CrossOrigin crossOrigin;
  private final RelayParts relay;

  private PublicSide(Foundation base, BooleanSupplier draining) {
    this.base = base;
    this.draining = draining;
    this.rules = rules(base.settings().issuer(), base.settings().assertions());
    this.crossOrigin = new CrossOrigin(base.settings().listeners().corsOrigins());
    this.decoys = new DecoyKeys(base.crypto());
    this.replayGuard = ReplaySide.start(base);
    CredentialUseTable table = new CredentialUseTable(base.connections());
    // before the listener, and so stopped after it: the last uses are written then
    base.parts()
        .deployOnVirtualThread(
            new WriteBack(
                "Last uses of credentials", LAST_USES_WITHIN, () -> table.write(uses.drain())));
    base.metrics().addTraffic(traffic);
    Targets targets = new Targets(base.settings().relay());
    this.values = VaultSide.start(base, targets);
    this.relay = new RelayParts(targets, values);
    Gauge.builder("postern.relay.calls", relay, RelayParts::callsInProgress)
        .description("Relayed calls in progress")
        .register(base.metrics().meters());
    WorkerThreads threads =
        new WorkerThreads(base.vertx(), base.settings().listeners().eventLoops());
    base.parts().add(threads::close);
    this.slowSigner = new SlowSigner(base.crypto(), threads);
    this.decisions = startDecisions(base);
  }

  /**
   * Opens the listener.
   *
   * @param draining whether clients are to open their next connection elsewhere
   */
  static void start(Foundation base, BooleanSupplier draining) throws UnfitTlsFileException {
    PublicSide side = new PublicSide(base, draining);
    ServerTls tls = base.startTls("public", base.settings().tls().http());
    AccessLog accessLog = base.findAccessLog();
    base.parts()
        .deploy(
            () ->
                new PublicListener(
                    base.settings().listeners(),
                    tls,
                    side.traffic,
                    draining,
                    accessLog,
                    base.settings().relay().deadlines().longestSilence(),
                    side::endpoints),
            new DeploymentOptions().setInstances(base.settings().listeners().eventLoops()));
  }

  // what is confined to a thread is made anew for each event loop
  private PublicRoutes endpoints(Context context, OpenConnections connections) {
    Issuer issuer = base.settings().issuer();
    PublicRoutes routes = new PublicRoutes(issuer, crossOrigin);
    Decisions told =
        new Decisions(
            decisions,
            base.instrumented().tracing().tokenSpans(),
            new RandomIds(base.crypto().secureRandom()));
    tokenEndpoint(context, told).mount(routes);
    VaultAccess access = vaultAccess();
    obtainEndpoint(told, access).mount(routes);
    new RelayEndpoint(
            base.index(),
            access,
            told,
            base.clientSource(),
            base.clock(),
            relay,
            context,
            connections)
        .mount(routes);
    new ProviderJwksEndpoint(base.index()).mount(routes);
    new JwksEndpoint(base.index(), base.settings().signingKeys().jwksMaxAge()).mount(routes);
    new MetadataEndpoint(issuer).mount(routes);
    new AuthorizationEndpoint().mount(routes);
    return routes;
  }

  private VaultAccess vaultAccess() {
    return new VaultAccess(
        base.index(),
        new AccessTokenVerifier(base.crypto(), base.settings().issuer().identifier()),
        base.credentialLimiter());
  }

  private ObtainEndpoint obtainEndpoint(Decisions told, VaultAccess access) {
    return new ObtainEndpoint(
        base.index(), access, values, told, base.clientSource(), base.clock());
  }

  private TokenEndpoint tokenEndpoint(Context context, Decisions told) {
    CryptoProvider crypto = base.crypto();
    TokenIssuer issuer =
        new TokenIssuer(
            base.settings().issuer().identifier(),
            new ClientAuthenticator(
                new SecretVerifier(crypto, base.keyring()::secretHashKeys),
                new AssertionVerifier(rules, crypto, decoys),
                replayGuard,
                attemptLimiter,
                uses),
            new AccessTokenSigner(crypto),
            slowSigner,
            base.rateLimiter(),
            crypto.secureRandom());
    return new TokenEndpoint(
        RequestBodies.ofForms(base.vertx(), draining),
        new RequestQueue(context, traffic),
        base.index(),
        issuer,
        told,
        base.clientSource(),
        base.clock());
  }

  private static AssertionRules rules(Issuer issuer, AssertionSettings assertions) {
    return new AssertionRules(
        issuer.identifier(), issuer.tokenEndpoint(), assertions.maxAge(), assertions.clockSkew());
  }

  private static DecisionListener startDecisions(Foundation base) {
    DecisionSettings wanted = base.settings().decisions();
    List<DecisionListener> listeners = new ArrayList<>();
    if (wanted.metrics()) {
      listeners.add(new DecisionMetrics(base.metrics().meters(), base.metrics().prometheus()));
      listeners.add(new VaultMetrics(base.metrics().meters()));
    }
    listeners.add(VaultSide.startUsage(base));
    if (!base.decisions().isOff()) {
      listeners.add(base.decisions());
    }
    DecisionLog log = DecisionLog.start(wanted, base.metrics().meters());
    if (log != null) {
      // stopped when the last requests are answered: what was decided is all in it
      base.parts().addClosing(log::close);
      listeners.add(log);
    }
    return DecisionListener.all(listeners);
  }
}
