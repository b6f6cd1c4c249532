package io.postern.http;

import java.time.Duration;
import java.util.List;

/**
 * Where the gateway listens, how much it takes, and how it stops.
 *
 * @param http the public listener: token endpoint, metadata, JWK Set
 * @param management the management listener: admin API, metrics, health
 * @param eventLoops token verticle instances, 1 or more
 * @param maxConnections of the public listener, 1 or more
 * @param trustedProxies addresses or networks whose {@code X-Forwarded-For} is believed
 * @param corsOrigins of browsers' pages that may ask for tokens
 * @param accessLog whether the log has a line for each request
 */
public record ListenerSettings(
    Address http,
    Address management,
    int eventLoops,
    int maxConnections,
    List<String> trustedProxies,
    List<String> corsOrigins,
    Drain drain,
    boolean accessLog) {

  /** Where a listener is bound. */
  public record Address(String host, int port) {
    @Override
    public String toString() {
      return host + ":" + port;
    }
  }

  /**
   * How the gateway stops.
   *
   * @param delay how long it still accepts requests after readiness went down
   * @param timeout how long accepted requests may then take
   */
  public record Drain(Duration delay, Duration timeout) {}

  public ListenerSettings {
    trustedProxies = List.copyOf(trustedProxies);
    corsOrigins = List.copyOf(corsOrigins);
  }
}
