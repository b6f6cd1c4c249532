package io.postern;

import io.micrometer.core.instrument.Gauge;
import io.postern.change.RevisionGate;
import io.postern.client.AssertionRules;
import io.postern.client.AssertionVerifier;
import io.postern.client.AttemptLimiter;
import io.postern.client.ClientAuthenticator;
import io.postern.client.CredentialUses;
import io.postern.client.ReplayGuard;
import io.postern.client.RevocationRateLimiter;
import io.postern.client.SecretVerifier;
import io.postern.client.TokenRateLimiter;
import io.postern.crypto.CryptoProvider;
import io.postern.crypto.RandomIds;
import io.postern.decision.DecisionListener;
import io.postern.decision.DecisionLog;
import io.postern.decision.DecisionMetrics;
import io.postern.decision.DecisionSettings;
import io.postern.decision.PresentationMetrics;
import io.postern.decision.VaultMetrics;
import io.postern.http.AccessLog;
import io.postern.http.AuthorizationEndpoint;
import io.postern.http.CrossOrigin;
import io.postern.http.Decisions;
import io.postern.http.FormReader;
import io.postern.http.HandedValues;
import io.postern.http.IntrospectionEndpoint;
import io.postern.http.JwksEndpoint;
import io.postern.http.LineFeed;
import io.postern.http.MetadataEndpoint;
import io.postern.http.ObtainEndpoint;
import io.postern.http.OpenConnections;
import io.postern.http.ProviderJwksEndpoint;
import io.postern.http.PublicListener;
import io.postern.http.PublicRoutes;
import io.postern.http.RequestBodies;
import io.postern.http.RequestQueue;
import io.postern.http.RevocationEndpoint;
import io.postern.http.RevocationsEndpoint;
import io.postern.http.TokenEndpoint;
import io.postern.http.Traffic;
import io.postern.http.VaultAccess;
import io.postern.http.WorkerThreads;
import io.postern.jose.AccessTokenVerifier;
import io.postern.jose.DecoyKeys;
import io.postern.oauth.Issuer;
import io.postern.oauth.PresentedToken;
import io.postern.oauth.TokenRequest;
import io.postern.relay.RelayEndpoint;
import io.postern.relay.RelayParts;
import io.postern.relay.Targets;
import io.postern.replay.AssertionSettings;
import io.postern.store.revocation.TokenLines;
import io.postern.store.use.CredentialUseTable;
import io.postern.sync.WriteBack;
import io.postern.tls.ServerTls;
import io.postern.tls.UnfitTlsFileException;
import io.postern.token.AccessTokenSigner;
import io.postern.token.SlowSigner;
import io.postern.token.TokenIntrospector;
import io.postern.token.TokenIssuer;
import io.postern.token.TokenRevoker;
import io.vertx.core.Context;
import io.vertx.core.DeploymentOptions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BooleanSupplier;

/**
 * The public listener: token endpoint, introspection, revocation, metadata, JWK Set, vault, relay.
 */
final class PublicSide {
  /** By how much the time of a last use may be wrong, and what a crash may lose. */
  private static final Duration LAST_USES_WITHIN = Duration.ofSeconds(30);

  private final Foundation base;
  private final BooleanSupplier draining;
  private final ReplayGuard replayGuard;
  private final RevisionGate revisions;
  private final AssertionRules rules;
  private final AssertionRules rulesAboutTokens;
  private final DecoyKeys decoys;
  private final AttemptLimiter attemptLimiter = new AttemptLimiter();
  private final CredentialUses uses = new CredentialUses();
  private final TokenRateLimiter introspectionLimiter = new TokenRateLimiter();
  private final RevocationRateLimiter revocationLimiter = new RevocationRateLimiter();
  private final TokenLines tokenLines;
  private final Traffic traffic = new Traffic();
  private final HandedValues values;
  private final SlowSigner slowSigner;
  private final DecisionListener decisions;
  private final CrossOrigin crossOrigin;
  private final RelayParts relay;
  private final LineFeed lines;

  private PublicSide(Foundation base, RevisionGate revisions, BooleanSupplier draining) {
    this.base = base;
    this.revisions = revisions;
    this.draining = draining;
    Issuer issuer = base.settings().issuer();
    this.rules = rules(Set.of(issuer.tokenEndpoint()));
    this.rulesAboutTokens =
        rules(
            Set.of(
                issuer.tokenEndpoint(),
                issuer.introspectionEndpoint(),
                issuer.revocationEndpoint()));
    this.tokenLines = new TokenLines(base.connections());
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
    this.lines = startLines(base);
    WorkerThreads threads =
        new WorkerThreads(base.vertx(), base.settings().listeners().eventLoops());
    base.parts().add(threads::close);
    this.slowSigner = new SlowSigner(base.crypto(), threads);
    this.decisions = startDecisions(base);
  }

  /**
   * Opens the listener.
   *
   * @param revisions tells when this gateway answers by a write
   * @param draining whether clients are to open their next connection elsewhere
   */
  static void start(Foundation base, RevisionGate revisions, BooleanSupplier draining)
      throws UnfitTlsFileException {
    PublicSide side = new PublicSide(base, revisions, draining);
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
    RequestBodies bodies = RequestBodies.ofForms(base.vertx(), draining);
    RequestQueue queue = new RequestQueue(context, traffic);
    tokenEndpoint(new FormReader(bodies, queue, TokenRequest::isParameter), told).mount(routes);
    mountPresentations(
        context, new FormReader(bodies, queue, PresentedToken::isParameter), told, routes);
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
    new RevocationsEndpoint(lines, base.index(), draining, connections, context).mount(routes);
    new MetadataEndpoint(issuer).mount(routes);
    new AuthorizationEndpoint().mount(routes);
    return routes;
  }

  private static LineFeed startLines(Foundation base) {
    LineFeed lines =
        new LineFeed(
            base.crypto(),
            base.settings().issuer().identifier(),
            base.clock(),
            base.metrics().meters());
    base.parts().addClosing(lines::close);
    base.index().follow(lines::publish);
    return lines;
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

  private TokenEndpoint tokenEndpoint(FormReader forms, Decisions told) {
    CryptoProvider crypto = base.crypto();
    TokenIssuer issuer =
        new TokenIssuer(
            base.settings().issuer().identifier(),
            authenticator(rules),
            new AccessTokenSigner(crypto),
            slowSigner,
            base.rateLimiter(),
            crypto.secureRandom());
    return new TokenEndpoint(forms, base.index(), issuer, told, base.clientSource(), base.clock());
  }

  // introspection and revocation, which share what an event loop remembers of clients and tokens
  private void mountPresentations(
      Context context, FormReader forms, Decisions told, PublicRoutes routes) {
    String issuer = base.settings().issuer().identifier();
    ClientAuthenticator clients = authenticator(rulesAboutTokens);
    AccessTokenVerifier tokens = new AccessTokenVerifier(base.crypto(), issuer);
    new IntrospectionEndpoint(
            forms,
            base.index(),
            new TokenIntrospector(
                issuer, clients, tokens, introspectionLimiter, base.crypto(), slowSigner),
            told,
            base.clientSource(),
            base.clock())
        .mount(routes);
    new RevocationEndpoint(
            forms,
            base.index(),
            new TokenRevoker(clients, tokens, revocationLimiter),
            tokenLines::end,
            revisions,
            told,
            base.clientSource(),
            base.clock(),
            context)
        .mount(routes);
  }

  private ClientAuthenticator authenticator(AssertionRules of) {
    return new ClientAuthenticator(
        new SecretVerifier(base.crypto(), base.keyring()::secretHashKeys),
        new AssertionVerifier(of, base.crypto(), decoys),
        replayGuard,
        attemptLimiter,
        uses);
  }

  private AssertionRules rules(Set<String> endpoints) {
    AssertionSettings assertions = base.settings().assertions();
    return new AssertionRules(
        base.settings().issuer().identifier(),
        endpoints,
        assertions.maxAge(),
        assertions.clockSkew());
  }

  private static DecisionListener startDecisions(Foundation base) {
    DecisionSettings wanted = base.settings().decisions();
    List<DecisionListener> listeners = new ArrayList<>();
    if (wanted.metrics()) {
      listeners.add(new DecisionMetrics(base.metrics().meters(), base.metrics().prometheus()));
      listeners.add(new VaultMetrics(base.metrics().meters()));
      listeners.add(new PresentationMetrics(base.metrics().meters()));
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
