package io.postern.store;

import io.vertx.pgclient.PgConnectOptions;
import java.net.URI;
import java.net.URISyntaxException;

/**
 * Where the database is: {@code postgresql://user:password@host:port/database?sslmode=…}. Its text
 * form leaves the password out.
 */
public final class DatabaseUrl {
  private final PgConnectOptions options;

  private DatabaseUrl(PgConnectOptions options) {
    this.options = options;
  }

  /**
   * Reads the setting.
   *
   * @throws IllegalArgumentException without any part of the setting in its message
   */
  public static DatabaseUrl parse(String setting) {
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
      return new DatabaseUrl(options);
    } catch (URISyntaxException | RuntimeException e) {
      // not as the cause: its message may quote the password
      throw new IllegalArgumentException(expected);
    }
  }

  /** The options of a connection through the Vert.x client. */
  public PgConnectOptions connectOptions() {
    return new PgConnectOptions(options)
        .setConnectTimeout(5_000)
        .setTcpKeepAlive(true)
        .addProperty("application_name", "postern");
  }

  /** The URL for JDBC, without user and password. */
  String jdbcUrl() {
    return "jdbc:postgresql://%s:%d/%s?sslmode=%s&ApplicationName=postern-migrate"
        .formatted(
            options.getHost().contains(":") ? "[" + options.getHost() + "]" : options.getHost(),
            options.getPort(),
            options.getDatabase(),
            options.getSslMode().getValue());
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
        .formatted(
            options.getUser(), options.getHost(), options.getPort(), options.getDatabase());
  }
}
