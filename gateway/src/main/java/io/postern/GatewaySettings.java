package io.postern;

import io.postern.crypto.CryptoProvider;
import io.postern.crypto.MasterKeys;
import io.postern.decision.DecisionSettings;
import io.postern.oauth.Issuer;
import io.postern.replay.RedisServer;
import io.postern.store.database.Database;
import io.postern.store.keys.SigningKeyRotation;
import io.postern.tls.TlsSettings;
import io.postern.tracing.TracingSettings;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All that a gateway is told at its start.
 *
 * @param bootstrapAdminSecret the first administrator's secret, or null
 * @param maxStaleness how long it issues from its index without confirmation from the database
 * @param feedRetention how long the change feed goes back
 * @param licenseLimit the most applications that may exist, or null for no limit
 * @param eventLoops token verticle instances, 1 or more
 * @param maxConnections of the public listener, 1 or more
 * @param decisions who is told what was decided about token requests
 * @param crypto what signs, verifies and hashes
 * @param telemetry what it tells of each request
 */
public record GatewaySettings(
    Issuer issuer,
    Listener http,
    Listener management,
    Database database,
    MasterKeys masterKeys,
    @Nullable String bootstrapAdminSecret,
    Duration maxStaleness,
    Duration feedRetention,
    SigningKeys signingKeys,
    @Nullable Integer licenseLimit,
    int eventLoops,
    int maxConnections,
    Assertions assertions,
    List<String> trustedProxies,
    Drain drain,
    TlsSettings tls,
    DecisionSettings decisions,
    CryptoProvider crypto,
    Telemetry telemetry,
    Audit audit) {

  /** Where a listener is bound. */
  public record Listener(String host, int port) {
    @Override
    public String toString() {
      return host + ":" + port;
    }
  }

  /**
   * How the keys that sign access tokens change.
   *
   * @param jwksMaxAge how long verifiers may keep the published keys
   */
  public record SigningKeys(Duration jwksMaxAge, SigningKeyRotation.Intervals intervals) {}

  /**
   * How client assertions are judged.
   *
   * @param maxAge the longest life of an assertion
   * @param clockSkew how far a client's clock may be off
   * @param memory where used ones are remembered
   */
  public record Assertions(Duration maxAge, Duration clockSkew, ReplayMemory memory) {}

  /** Where used assertions are remembered. */
  public sealed interface ReplayMemory {

    /** In the gateway's own database: for all gateways on it, through their restarts. */
    record Postgresql() implements ReplayMemory {}

    /** In Redis or Valkey: for all gateways on it, through their restarts. */
    record Redis(RedisServer server) implements ReplayMemory {}

    /**
     * In this process, until it ends.
     *
     * @param capacity the most assertions that are remembered at once, 1 or more
     */
    record InProcess(int capacity) implements ReplayMemory {}
  }

  /**
   * How the gateway stops.
   *
   * @param delay how long it still accepts requests after readiness went down
   * @param timeout how long accepted requests may then take
   */
  public record Drain(Duration delay, Duration timeout) {}

  /**
   * What is told of each request, beside the metrics.
   *
   * @param accessLog whether the log has a line for it
   * @param tracing where traces go, or null for none
   */
  public record Telemetry(boolean accessLog, @Nullable TracingSettings tracing) {
    /** Nothing is told. */
    public static final Telemetry NONE = new Telemetry(false, null);
  }

  /**
   * What becomes of the audit.
   *
   * @param retention how long its events are kept; zero for ever
   */
  public record Audit(Duration retention) {
    /** Nothing is forgotten. */
    public static final Audit FOR_EVER = new Audit(Duration.ZERO);
  }

  public GatewaySettings {
    trustedProxies = List.copyOf(trustedProxies);
  }

  @Override
  public String toString() {
    return "GatewaySettings[issuer=" + issuer + ", database=" + database + "]";
  }
}
