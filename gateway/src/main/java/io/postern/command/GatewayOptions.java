package io.postern.command;

import io.postern.GatewaySettings;
import io.postern.crypto.CryptoProvider;
import io.postern.crypto.MasterKeys;
import io.postern.http.ClientSource;
import io.postern.oauth.Issuer;
import io.postern.replay.RedisServer;
import io.postern.store.database.Database;
import io.postern.store.keys.SigningKeyRotation;
import io.postern.tls.TlsSettings;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The settings of a gateway that {@code serve} and {@code dev} share. */
final class GatewayOptions {

  /** What {@code --replay-store} may name. */
  enum ReplayStoreName {
    POSTGRESQL,
    REDIS,
    MEMORY;

    /** The value of the setting. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final Logger LOG = LoggerFactory.getLogger(GatewayOptions.class);
  // RFC 3986 §2.3, unreserved characters
  private static final Pattern FIT_SECRET = Pattern.compile("[A-Za-z0-9._~-]{32,}");
  private static final Duration SHORTEST_STALENESS = Duration.ofSeconds(2);

  @Option(
      names = "--issuer",
      paramLabel = "URL",
      description = "Issuer identifier; may have a path. Default: http://localhost:8080")
  @Nullable String issuer;

  @Option(
      names = "--http-host",
      paramLabel = "ADDRESS",
      defaultValue = "0.0.0.0",
      description = "Address of the public listener. Default: ${DEFAULT-VALUE}")
  String httpHost = "0.0.0.0";

  @Option(
      names = "--http-port",
      paramLabel = "PORT",
      defaultValue = "8080",
      description = "Port of the public listener. Default: ${DEFAULT-VALUE}")
  int httpPort = 8080;

  @Option(
      names = "--management-host",
      paramLabel = "ADDRESS",
      defaultValue = "127.0.0.1",
      description = "Address of the management listener. Default: ${DEFAULT-VALUE}")
  String managementHost = "127.0.0.1";

  @Option(
      names = "--management-port",
      paramLabel = "PORT",
      defaultValue = "9000",
      description = "Port of the management listener. Default: ${DEFAULT-VALUE}")
  int managementPort = 9000;

  @Option(
      names = "--bootstrap-admin-secret",
      paramLabel = "SECRET",
      description =
          "On a database without an administrator: creates the agent postern-admin with this"
              + " secret and full rights on the admin API.")
  @Nullable String bootstrapAdminSecret;

  @Option(
      names = "--bootstrap-admin-secret-file",
      paramLabel = "FILE",
      description = "The file that holds it.")
  @Nullable Path bootstrapAdminSecretFile;

  @Option(
      names = "--max-staleness",
      paramLabel = "DURATION",
      defaultValue = "PT5M",
      description =
          "How long to go on issuing while PostgreSQL cannot be reached; then 503. Default:"
              + " ${DEFAULT-VALUE}")
  Duration maxStaleness = Duration.ofMinutes(5);

  @Option(
      names = "--signing-key-lifetime",
      paramLabel = "DURATION",
      defaultValue = "P90D",
      description =
          "How long a key signs access tokens before the next one is made; PT0S for ever. Default:"
              + " ${DEFAULT-VALUE}")
  Duration signingKeyLifetime = Duration.ofDays(90);

  @Option(
      names = "--jwks-max-age",
      paramLabel = "DURATION",
      defaultValue = "PT5M",
      description =
          "How long verifiers may keep the published keys, and so how long a new key is published"
              + " before it signs. Default: ${DEFAULT-VALUE}")
  Duration jwksMaxAge = Duration.ofMinutes(5);

  @Option(
      names = "--feed-retention",
      paramLabel = "DURATION",
      defaultValue = "PT24H",
      description =
          "How long the database keeps what has changed for gateways that are behind. Default:"
              + " ${DEFAULT-VALUE}")
  Duration feedRetention = Duration.ofHours(24);

  @Option(
      names = "--license-limit",
      paramLabel = "COUNT",
      description = "The most applications that may exist. Default: none")
  @Nullable Integer licenseLimit;

  @Option(
      names = "--event-loops",
      paramLabel = "COUNT",
      description = "Token verticle instances. Default: one for each core")
  @Nullable Integer eventLoops;

  @Option(
      names = "--max-connections",
      paramLabel = "COUNT",
      defaultValue = "20000",
      description =
          "The most open connections of the public listener; beyond it, new ones are closed at"
              + " once. Default: ${DEFAULT-VALUE}")
  int maxConnections = 20_000;

  @Option(
      names = "--assertion-max-age",
      paramLabel = "DURATION",
      defaultValue = "PT5M",
      description =
          "The longest life of a client assertion, from its iat. Default: ${DEFAULT-VALUE}")
  Duration assertionMaxAge = Duration.ofMinutes(5);

  @Option(
      names = "--clock-skew",
      paramLabel = "DURATION",
      defaultValue = "PT10S",
      description = "How far a client's clock may be off. Default: ${DEFAULT-VALUE}")
  Duration clockSkew = Duration.ofSeconds(10);

  @Option(
      names = "--replay-store",
      paramLabel = "STORE",
      defaultValue = "postgresql",
      description =
          "Where used client assertions are remembered: postgresql, redis (see --redis-url) or"
              + " memory, which no other gateway sees and which is lost at a restart. Default:"
              + " ${DEFAULT-VALUE}")
  ReplayStoreName replayStore = ReplayStoreName.POSTGRESQL;

  @Option(
      names = "--redis-url",
      paramLabel = "URL",
      description =
          "redis://user:password@host:port, or rediss: with TLS. Required by --replay-store"
              + " redis.")
  @Nullable String redisUrl;

  @Option(names = "--redis-url-file", paramLabel = "FILE", description = "The file that holds it.")
  @Nullable Path redisUrlFile;

  @Option(
      names = "--replay-capacity",
      paramLabel = "COUNT",
      defaultValue = "2000000",
      description =
          "With --replay-store memory: the most client assertions that are remembered at once, up"
              + " to 43 bytes each; beyond it private_key_jwt gets 503. Default: ${DEFAULT-VALUE}")
  int replayCapacity = 2_000_000;

  @Option(
      names = "--trusted-proxies",
      paramLabel = "NETWORK",
      split = ",",
      description =
          "Addresses or networks whose X-Forwarded-For is believed, separated by commas. Default:"
              + " none")
  List<String> trustedProxies = List.of();

  @Option(
      names = "--drain-delay",
      paramLabel = "DURATION",
      defaultValue = "PT1S",
      description =
          "How long requests are still accepted after readiness went down. Default:"
              + " ${DEFAULT-VALUE}")
  Duration drainDelay = Duration.ofSeconds(1);

  @Option(
      names = "--drain-timeout",
      paramLabel = "DURATION",
      defaultValue = "PT20S",
      description = "How long accepted requests may take at the stop. Default: ${DEFAULT-VALUE}")
  Duration drainTimeout = Duration.ofSeconds(20);

  @Option(
      names = "--crypto-provider",
      paramLabel = "PROVIDER",
      defaultValue = "auto",
      description =
          "What signs and verifies: accp, bouncycastle or jdk; auto takes the first of these that"
              + " loads. Default: ${DEFAULT-VALUE}")
  CryptoProvider.Choice cryptoProvider = CryptoProvider.Choice.AUTO;

  @Mixin TelemetryOptions telemetryOptions = new TelemetryOptions();

  @Mixin AuditOptions auditOptions = new AuditOptions();

  @Mixin DecisionOptions decisionOptions = new DecisionOptions();

  /**
   * Checks what can be checked by itself.
   *
   * @throws SettingException naming the first bad one
   */
  void check() {
    check("POSTERN_HTTP_PORT", isPort(httpPort), httpPort + " is not a port, 1 to 65535");
    check(
        "POSTERN_MANAGEMENT_PORT",
        isPort(managementPort),
        managementPort + " is not a port, 1 to 65535");
    check(
        "POSTERN_MAX_STALENESS",
        maxStaleness.compareTo(SHORTEST_STALENESS) >= 0,
        maxStaleness + " is shorter than " + SHORTEST_STALENESS);
    check(
        "POSTERN_SIGNING_KEY_LIFETIME",
        signingKeyLifetime.isZero()
            || isBetween(signingKeyLifetime, Duration.ofHours(1), Duration.ofDays(3650)),
        signingKeyLifetime + " is neither PT0S nor from PT1H to P3650D");
    check(
        "POSTERN_JWKS_MAX_AGE",
        isBetween(jwksMaxAge, Duration.ofSeconds(1), Duration.ofDays(1)),
        jwksMaxAge + " is not from PT1S to P1D");
    check(
        "POSTERN_FEED_RETENTION",
        isBetween(feedRetention, Duration.ofMinutes(1), Duration.ofDays(365)),
        feedRetention + " is not from PT1M to P365D");
    check(
        "POSTERN_LICENSE_LIMIT",
        licenseLimit == null || licenseLimit >= 1,
        licenseLimit + " is not 1 or more");
    check(
        "POSTERN_EVENT_LOOPS",
        eventLoops == null || (eventLoops >= 1 && eventLoops <= 1024),
        eventLoops + " is not from 1 to 1024");
    check("POSTERN_MAX_CONNECTIONS", maxConnections >= 1, maxConnections + " is not 1 or more");
    check(
        "POSTERN_ASSERTION_MAX_AGE",
        isBetween(assertionMaxAge, Duration.ofSeconds(1), Duration.ofHours(1)),
        assertionMaxAge + " is not from PT1S to PT1H");
    check(
        "POSTERN_CLOCK_SKEW",
        isBetween(clockSkew, Duration.ZERO, Duration.ofMinutes(1)),
        clockSkew + " is not from PT0S to PT1M");
    check("POSTERN_REPLAY_CAPACITY", replayCapacity >= 1, replayCapacity + " is not 1 or more");
    if (replayStore == ReplayStoreName.REDIS || redisUrl != null || redisUrlFile != null) {
      redisServer();
    }
    check(
        "POSTERN_DRAIN_DELAY",
        isBetween(drainDelay, Duration.ZERO, Duration.ofMinutes(10)),
        drainDelay + " is not from PT0S to PT10M");
    check(
        "POSTERN_DRAIN_TIMEOUT",
        isBetween(drainTimeout, Duration.ofSeconds(1), Duration.ofMinutes(10)),
        drainTimeout + " is not from PT1S to PT10M");
    var _ = telemetryOptions.telemetry();
    var _ = auditOptions.audit();
    var _ = decisionOptions.settings();
    parse("POSTERN_TRUSTED_PROXIES", trustedProxies, ClientSource::new);
    if (cryptoProvider != CryptoProvider.Choice.AUTO) {
      crypto();
    }
    if (issuer != null) {
      parse("POSTERN_ISSUER", issuer, Issuer::new);
    }
    String secret = bootstrapAdminSecret();
    if (secret != null && !FIT_SECRET.matcher(secret).matches()) {
      LOG.warn(
          "POSTERN_BOOTSTRAP_ADMIN_SECRET is short, or has characters that clients must form-encode"
              + " in the Basic header; better: openssl rand -hex 32");
    }
  }

  /**
   * The settings, checked.
   *
   * @param defaultIssuer the issuer unless one is given
   * @throws SettingException naming the first bad one
   */
  GatewaySettings toSettings(
      String defaultIssuer, Database database, MasterKeys masterKeys, TlsSettings tls) {
    check();
    Issuer identified =
        parse("POSTERN_ISSUER", issuer == null ? defaultIssuer : issuer, Issuer::new);
    if (tls.http() != null && identified.identifier().startsWith("http:")) {
      LOG.warn("POSTERN_ISSUER is {}, but the public listener speaks TLS", identified.identifier());
    }
    return new GatewaySettings(
        identified,
        new GatewaySettings.Listener(httpHost, httpPort),
        new GatewaySettings.Listener(managementHost, managementPort),
        database,
        masterKeys,
        bootstrapAdminSecret(),
        maxStaleness,
        feedRetention,
        new GatewaySettings.SigningKeys(
            jwksMaxAge, SigningKeyRotation.Intervals.of(signingKeyLifetime)),
        licenseLimit,
        eventLoops == null ? Runtime.getRuntime().availableProcessors() : eventLoops,
        maxConnections,
        new GatewaySettings.Assertions(assertionMaxAge, clockSkew, replayMemory()),
        trustedProxies,
        new GatewaySettings.Drain(drainDelay, drainTimeout),
        tls,
        decisionOptions.settings(),
        crypto(),
        telemetryOptions.telemetry(),
        auditOptions.audit());
  }

  private GatewaySettings.ReplayMemory replayMemory() {
    return switch (replayStore) {
      case POSTGRESQL -> new GatewaySettings.ReplayMemory.Postgresql();
      case MEMORY -> new GatewaySettings.ReplayMemory.InProcess(replayCapacity);
      case REDIS -> new GatewaySettings.ReplayMemory.Redis(redisServer());
    };
  }

  private RedisServer redisServer() {
    String url =
        Secrets.require(
            "POSTERN_REDIS_URL", redisUrl, redisUrlFile, "redis://user:password@host:port");
    return parse("POSTERN_REDIS_URL", url, RedisServer::parse);
  }

  private CryptoProvider crypto() {
    return parse("POSTERN_CRYPTO_PROVIDER", cryptoProvider, CryptoProvider::choose);
  }

  /** The first administrator's secret, or null. */
  @Nullable String bootstrapAdminSecret() {
    return Secrets.find(
        "POSTERN_BOOTSTRAP_ADMIN_SECRET", bootstrapAdminSecret, bootstrapAdminSecretFile);
  }

  /** Parses a setting; a complaint becomes one that names it. */
  static <S, T> T parse(String setting, S value, Function<S, T> parser) {
    try {
      return parser.apply(value);
    } catch (IllegalArgumentException e) {
      throw new SettingException(setting, String.valueOf(e.getMessage()));
    }
  }

  static void check(String setting, boolean good, String problem) {
    if (!good) {
      throw new SettingException(setting, problem);
    }
  }

  private static boolean isPort(int port) {
    return port >= 1 && port <= 65_535;
  }

  private static boolean isBetween(Duration value, Duration least, Duration most) {
    return value.compareTo(least) >= 0 && value.compareTo(most) <= 0;
  }
}
