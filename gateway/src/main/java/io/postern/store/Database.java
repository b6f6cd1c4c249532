package io.postern.store;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * Where the database is: {@code postgresql://user:password@host:port/database?sslmode=…}. Its text
 * form leaves the password out.
 */
public final class Database {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final int POOL_SIZE = 8;

  private final PgConnectOptions options;

  private Database(PgConnectOptions options) {
    this.options = options;
  }

  /**
   * Reads the setting.
   *
   * @throws IllegalArgumentException without any part of the setting in its message
   */
  public static Database parse(String setting) {
    String expected =
        "it must look like postgresql://user:password@host:port/database?sslmode=verify-full";
    try {
      String scheme = new URI(setting).getScheme();
      if (!"postgresql".equals(scheme) && !"postgres".equals(scheme)) {
        throw new IllegalArgumentException(expected);
      }
      PgConnectOptions options = PgConnectOptions.fromUri(setting);
      if (options.getHost() == null || options.getDatabase() == null) {
        throw new IllegalArgumentException(expected);
      }
      return new Database(options);
    } catch (URISyntaxException | RuntimeException e) {
      // not as the cause: its message may quote the password
      throw new IllegalArgumentException(expected);
    }
  }

  /** A pool of connections; what waits too long for one fails. */
  public Pool pool(Vertx vertx) {
    return PgBuilder.pool()
        .with(
            new PoolOptions()
                .setName("postern")
                .setMaxSize(POOL_SIZE)
                .setConnectionTimeout((int) TIMEOUT.toSeconds())
                .setConnectionTimeoutUnit(TimeUnit.SECONDS))
        .with(
            new NetClientOptions()
                .setConnectTimeout((int) TIMEOUT.toMillis())
                .setTcpKeepAlive(true))
        .connectingTo(new PgConnectOptions(options).addProperty("application_name", "postern"))
        .using(vertx)
        .build();
  }

  /** A connection of its own, outside of the pool. */
  public Future<PgConnection> connect(Vertx vertx) {
    return PgConnection.connect(
            vertx, new PgConnectOptions(options).addProperty("application_name", "postern-sync"))
        .timeout(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** The URL for JDBC, without user and password. */
  String jdbcUrl() {
    return "jdbc:postgresql://%s:%d/%s?sslmode=%s&ApplicationName=postern-migrate"
        .formatted(
            options.getHost().contains(":") ? "[" + options.getHost() + "]" : options.getHost(),
            options.getPort(),
            options.getDatabase(),
            options.getSslMode().value);
  }

  String user() {
    return options.getUser();
  }

  String password() {
    return options.getPassword();
  }

  @Override
  public String toString() {
    return "postgresql://%s@%s:%d/%s"
        .formatted(options.getUser(), options.getHost(), options.getPort(), options.getDatabase());
  }
}
