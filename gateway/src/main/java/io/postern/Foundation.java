package io.postern;

import io.postern.client.CredentialRateLimiter;
import io.postern.client.TokenRateLimiter;
import io.postern.crypto.CryptoProvider;
import io.postern.decision.DecisionMemory;
import io.postern.http.AccessLog;
import io.postern.http.ClientSource;
import io.postern.http.MetricsEndpoint;
import io.postern.index.GrantIndex;
import io.postern.store.FirstStart;
import io.postern.store.database.SchemaHistory;
import io.postern.store.database.SessionPooling;
import io.postern.store.keys.Keyring;
import io.postern.tls.ServerTls;
import io.postern.tls.TlsFiles;
import io.postern.tls.UnfitTlsFileException;
import io.vertx.core.Vertx;
import io.vertx.sqlclient.Pool;
import java.time.Clock;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What all sides of a gateway stand on.
 *
 * @param instrumented with as many event loops as the settings say
 * @param connections to the database, whose schema has been found right
 * @param parts what has been started; each side adds its own
 * @param rateLimiter of the tokens that an agent may get
 * @param credentialLimiter of what agents do with hosted credentials
 * @param clientSource finds where requests come from
 * @param decisions the last ones, kept in memory
 */
record Foundation(
    InstrumentedVertx instrumented,
    GatewaySettings settings,
    Clock clock,
    Parts parts,
    Pool connections,
    Keyring keyring,
    GrantIndex index,
    MetricsEndpoint metrics,
    TokenRateLimiter rateLimiter,
    CredentialRateLimiter credentialLimiter,
    ClientSource clientSource,
    DecisionMemory decisions) {
  private static final Logger LOG = LoggerFactory.getLogger(Foundation.class);
  private static final Duration TLS_FILES_READ_EVERY = Duration.ofSeconds(2);

  /**
   * Connects to the database and makes sure of what it needs before the first token. Blocks.
   *
   * @param seed further rows for a new database
   */
  static Foundation lay(
      InstrumentedVertx instrumented,
      GatewaySettings settings,
      FirstStart.Seed seed,
      Clock clock,
      Parts parts,
      DecisionMemory decisions) {
    CryptoProvider crypto = settings.crypto();
    Pool connections = settings.database().pool(instrumented.vertx());
    parts.add(connections::close);
    SchemaHistory.requireCurrent(connections, settings.database());
    SessionPooling.refuse(instrumented.vertx(), settings.database());
    FirstStart.Result prepared =
        new FirstStart(settings.masterKeys(), crypto)
            .prepare(connections, settings.bootstrapAdminSecret(), seed);
    tell(prepared.administrator());
    GrantIndex index = new GrantIndex(settings.index().maxStaleness());
    MetricsEndpoint metrics =
        new MetricsEndpoint(instrumented.meters(), index, crypto, Version.current(), clock);
    parts.addClosing(metrics::close);
    return new Foundation(
        instrumented,
        settings,
        clock,
        parts,
        connections,
        prepared.keyring(),
        index,
        metrics,
        new TokenRateLimiter(),
        new CredentialRateLimiter(),
        new ClientSource(settings.listeners().trustedProxies()),
        decisions);
  }

  Vertx vertx() {
    return instrumented.vertx();
  }

  CryptoProvider crypto() {
    return settings.crypto();
  }

  /** What writes the access log, or null when there is to be none. */
  @Nullable AccessLog findAccessLog() {
    return settings.listeners().accessLog() ? new AccessLog(clientSource) : null;
  }

  /**
   * What makes a listener speak TLS, read again when its files change; null for plain HTTP.
   *
   * @param listener what the log and the metrics call it
   */
  @Nullable ServerTls startTls(String listener, @Nullable TlsFiles files)
      throws UnfitTlsFileException {
    if (files == null) {
      return null;
    }
    ServerTls tls = new ServerTls(listener, files, metrics.meters(), clock);
    parts.repeat("The reading of TLS files", TLS_FILES_READ_EVERY, tls::reload);
    return tls;
  }

  private static void tell(FirstStart.Administrator administrator) {
    switch (administrator) {
      case PRESENT -> {}
      case CREATED -> LOG.info("Created the administrator {}", FirstStart.ADMINISTRATOR);
      case RESTORED -> LOG.warn("Restored the administrator {}", FirstStart.ADMINISTRATOR);
      case MISSING ->
          LOG.error(
              "There is no administrator: set POSTERN_BOOTSTRAP_ADMIN_SECRET to a secret that {}"
                  + " has not had or, if it was deleted, grant admin:write by SQL",
              FirstStart.ADMINISTRATOR);
    }
  }
}
