package io.postern.http;

import static io.postern.setting.Settings.check;
import static io.postern.setting.Settings.checkBetween;
import static io.postern.setting.Settings.parse;

import io.postern.http.ListenerSettings.Address;
import io.postern.http.ListenerSettings.Drain;
import io.postern.oauth.Issuer;
import io.postern.setting.SettingException;
import io.postern.setting.Settings;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the gateway listens, how much it takes, and how it stops. */
public final class ListenerOptions {
  private static final Set<String> EVERY_ADDRESS = Set.of("0.0.0.0", "::", "[::]");

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
      names = "--trusted-proxies",
      paramLabel = "NETWORK",
      split = ",",
      description =
          "Addresses or networks whose X-Forwarded-For is believed, separated by commas. Default:"
              + " none")
  List<String> trustedProxies = List.of();

  @Option(
      names = "--cors-origins",
      paramLabel = "ORIGIN",
      split = ",",
      description =
          "Origins of browsers' pages that may ask for tokens, separated by commas, as"
              + " https://app.example.com. Default: none")
  List<String> corsOrigins = List.of();

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
      names = "--access-log",
      paramLabel = "BOOLEAN",
      arity = "0..1",
      fallbackValue = "true",
      defaultValue = "false",
      description =
          "Whether the log has a line for each request: true or false. Default: ${DEFAULT-VALUE}")
  boolean accessLog;

  /** The port of the public listener. */
  public int httpPort() {
    return httpPort;
  }

  /**
   * The issuer, or null when none is given.
   *
   * @throws SettingException when it is none
   */
  public @Nullable Issuer findIssuer() {
    return issuer == null ? null : parse("POSTERN_ISSUER", issuer, Issuer::new);
  }

  /**
   * The settings, checked.
   *
   * @throws SettingException naming the first bad one
   */
  public ListenerSettings settings() {
    checkPort("POSTERN_HTTP_PORT", httpPort);
    checkPort("POSTERN_MANAGEMENT_PORT", managementPort);
    check(
        "POSTERN_MANAGEMENT_PORT",
        managementPort != httpPort || !shareAnAddress(managementHost, httpHost),
        managementPort + " is the public listener's port too");
    check(
        "POSTERN_EVENT_LOOPS",
        eventLoops == null || (eventLoops >= 1 && eventLoops <= 1024),
        eventLoops + " is not from 1 to 1024");
    check("POSTERN_MAX_CONNECTIONS", maxConnections >= 1, maxConnections + " is not 1 or more");
    checkBetween("POSTERN_DRAIN_DELAY", drainDelay, Duration.ZERO, Duration.ofMinutes(10));
    checkBetween(
        "POSTERN_DRAIN_TIMEOUT", drainTimeout, Duration.ofSeconds(1), Duration.ofMinutes(10));
    List<String> proxies = Settings.elements(trustedProxies);
    parse("POSTERN_TRUSTED_PROXIES", proxies, ClientSource::new);
    List<String> origins = Settings.elements(corsOrigins);
    parse("POSTERN_CORS_ORIGINS", origins, CrossOrigin::new);
    return new ListenerSettings(
        new Address(httpHost, httpPort),
        new Address(managementHost, managementPort),
        eventLoops == null ? Runtime.getRuntime().availableProcessors() : eventLoops,
        maxConnections,
        proxies,
        origins,
        new Drain(drainDelay, drainTimeout),
        accessLog);
  }

  // Vert.x lets two servers of one address take turns in answering
  private static boolean shareAnAddress(String host, String other) {
    return host.equals(other) || EVERY_ADDRESS.contains(host) || EVERY_ADDRESS.contains(other);
  }

  private static void checkPort(String setting, int port) {
    check(setting, port >= 1 && port <= 65_535, port + " is not a port, 1 to 65535");
  }
}
