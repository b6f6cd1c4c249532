package io.postern.store.database;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.ClientSSLOptions;
import io.vertx.core.net.NetClientOptions;
import io.vertx.core.net.PemKeyCertOptions;
import io.vertx.core.net.PemTrustOptions;
import io.vertx.core.net.TrustOptions;
import io.vertx.pgclient.PgBuilder;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.pgclient.SslMode;
import io.vertx.pgclient.spi.PgDriver;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.SqlConnection;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the database is: {@code postgresql://user:password@host:port/database?sslmode=…}. Its text
 * form leaves the password out.
 */
public final class Database {
  private static final Logger LOG = LoggerFactory.getLogger(Database.class);
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final int POOL_SIZE = 8;

  /** An unused connection of the pool is closed after it, before it can look dead. */
  private static final Duration POOL_IDLE = Duration.ofSeconds(30);

  /**
   * A connection of the pool that answers nothing for so long is dead: no statement may take it.
   */
  private static final Duration POOL_SILENCE = Duration.ofSeconds(45);

  /** The same of a connection of its own; longer than any one answer may take. */
  private static final Duration SILENCE = Duration.ofSeconds(20);

  private final PgConnectOptions options;
  private final TlsFiles tlsFiles;

  /** What the URL says of files: whom to trust, and what to show. */
  private record TlsFiles(
      @Nullable String rootCertificate,
      @Nullable String clientCertificate,
      @Nullable String clientKey) {

    static TlsFiles in(@Nullable String query) {
      return new TlsFiles(
          find(query, "sslrootcert"), find(query, "sslcert"), find(query, "sslkey"));
    }

    private static @Nullable String find(@Nullable String query, String name) {
      Matcher found =
          Pattern.compile("(?:^|&)" + name + "=([^&]+)").matcher(query == null ? "" : query);
      return found.find() ? found.group(1) : null;
    }
  }

  private Database(PgConnectOptions options, TlsFiles tlsFiles) {
    this.options = options;
    this.tlsFiles = tlsFiles;
  }

  /**
   * Reads the setting. {@code sslmode}, {@code sslrootcert}, {@code sslcert} and {@code sslkey}
   * mean what they mean to libpq; without {@code sslrootcert}, the JDK's trusted roots are
   * believed.
   *
   * @throws IllegalArgumentException without any part of the setting in its message
   */
  public static Database parse(String setting) {
    String expected =
        "it must look like postgresql://user:password@host:port/database?sslmode=verify-full";
    Database database;
    try {
      URI uri = new URI(setting);
      boolean isPostgres =
          "postgresql".equals(uri.getScheme()) || "postgres".equals(uri.getScheme());
      boolean isWhole =
          uri.getHost() != null && uri.getUserInfo() != null && uri.getPath().length() > 1;
      if (!isPostgres || !isWhole) {
        throw new IllegalArgumentException(expected);
      }
      TlsFiles files = TlsFiles.in(uri.getQuery());
      PgConnectOptions options = PgConnectOptions.fromUri(setting);
      List.of("sslrootcert", "sslcert", "sslkey").forEach(options.getProperties()::remove);
      ClientSSLOptions ssl = sslOptions(options.getSslMode(), files.rootCertificate());
      if (files.clientCertificate() != null && files.clientKey() != null) {
        ssl.setKeyCertOptions(
            new PemKeyCertOptions()
                .setCertPath(files.clientCertificate())
                .setKeyPath(files.clientKey()));
      }
      options.setSslOptions(ssl);
      database = new Database(options, files);
    } catch (URISyntaxException | GeneralSecurityException | RuntimeException e) {
      // not as the cause: its message may quote the password
      throw new IllegalArgumentException(expected);
    }
    TlsFiles files = database.tlsFiles;
    if ((files.clientCertificate() == null) != (files.clientKey() == null)) {
      throw new IllegalArgumentException("sslcert and sslkey go together");
    }
    return database;
  }

  private static ClientSSLOptions sslOptions(SslMode mode, @Nullable String rootCertificate)
      throws GeneralSecurityException {
    ClientSSLOptions ssl = new ClientSSLOptions();
    return switch (mode) {
      // encrypted, to whomever: that is what these modes promise
      case DISABLE, ALLOW, PREFER, REQUIRE ->
          ssl.setTrustAll(true).setHostnameVerificationAlgorithm("");
      case VERIFY_CA ->
          ssl.setTrustOptions(trust(rootCertificate)).setHostnameVerificationAlgorithm("");
      case VERIFY_FULL ->
          ssl.setTrustOptions(trust(rootCertificate)).setHostnameVerificationAlgorithm("HTTPS");
    };
  }

  private static TrustOptions trust(@Nullable String rootCertificate)
      throws GeneralSecurityException {
    if (rootCertificate != null) {
      return new PemTrustOptions().addCertPath(rootCertificate);
    }
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init((KeyStore) null);
    return TrustOptions.wrap(factory.getTrustManagers()[0]);
  }

  /** A pool of connections; what waits too long for one fails. */
  public Pool pool(Vertx vertx) {
    return PgBuilder.pool()
        .with(
            new PoolOptions()
                .setName("postern")
                .setMaxSize(POOL_SIZE)
                .setConnectionTimeout((int) TIMEOUT.toSeconds())
                .setConnectionTimeoutUnit(TimeUnit.SECONDS)
                .setIdleTimeout((int) POOL_IDLE.toSeconds())
                .setIdleTimeoutUnit(TimeUnit.SECONDS))
        .with(network(POOL_SILENCE))
        .connectingTo(new PgConnectOptions(options).addProperty("application_name", "postern"))
        .using(vertx)
        .build();
  }

  /**
   * A connection of its own, outside of the pool. Whoever has it asks something every few seconds:
   * one that hears nothing for long is taken for dead and closed.
   *
   * @param name what PostgreSQL shows it as
   */
  public Future<PgConnection> connect(Vertx vertx, String name) {
    Future<PgConnection> connection =
        PgDriver.INSTANCE
            .createConnectionFactory(vertx, network(SILENCE))
            .connect(
                vertx.getOrCreateContext(),
                new PgConnectOptions(options)
                    .setCachePreparedStatements(true)
                    .addProperty("application_name", name))
            .map(PgConnection::cast)
            .onSuccess(Database::noteFailures);
    return connection
        .timeout(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)
        // one that comes too late is nobody's
        .onFailure(late -> connection.onSuccess(PgConnection::close));
  }

  /**
   * Has a failure of the connection itself noted for those who look closely: the statement that it
   * fails tells of it. Without a handler the client prints a stack trace.
   */
  public static void noteFailures(SqlConnection connection) {
    connection.exceptionHandler(e -> LOG.debug("A connection to PostgreSQL failed", e));
  }

  // Without the last, a server that accepts connections and then says nothing would collect them.
  private static NetClientOptions network(Duration silence) {
    return new NetClientOptions()
        .setConnectTimeout((int) TIMEOUT.toMillis())
        .setTcpKeepAlive(true)
        .setReadIdleTimeout((int) silence.toSeconds())
        .setIdleTimeoutUnit(TimeUnit.SECONDS);
  }

  /** The URL for JDBC, without user and password. */
  String jdbcUrl() {
    return "jdbc:postgresql://%s:%d/%s?sslmode=%s%s&ApplicationName=postern-migrate"
        .formatted(
            options.getHost().contains(":") ? "[" + options.getHost() + "]" : options.getHost(),
            options.getPort(),
            options.getDatabase(),
            options.getSslMode().value,
            jdbcFiles());
  }

  private String jdbcFiles() {
    String client =
        jdbcFile("sslcert", tlsFiles.clientCertificate())
            + jdbcFile("sslkey", tlsFiles.clientKey());
    if (tlsFiles.rootCertificate() != null || !client.isEmpty()) {
      return client + jdbcFile("sslrootcert", tlsFiles.rootCertificate());
    }
    return switch (options.getSslMode()) {
      case DISABLE, ALLOW, PREFER, REQUIRE -> "";
      case VERIFY_CA, VERIFY_FULL -> "&sslfactory=org.postgresql.ssl.DefaultJavaSSLFactory";
    };
  }

  private static String jdbcFile(String name, @Nullable String file) {
    return file == null ? "" : "&" + name + "=" + URLEncoder.encode(file, StandardCharsets.UTF_8);
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
