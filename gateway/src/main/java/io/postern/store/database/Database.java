package io.postern.store.database;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.postern.store.database.DatabaseUrl.Host;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.net.NetClientOptions;
import io.vertx.pgclient.PgConnectOptions;
import io.vertx.pgclient.PgConnection;
import io.vertx.sqlclient.ClientBuilder;
import io.vertx.sqlclient.Pool;
import io.vertx.sqlclient.PoolOptions;
import io.vertx.sqlclient.SqlConnection;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.postgresql.ds.PGSimpleDataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the database is: {@code postgresql://user:password@host:port/database?sslmode=…}, of one
 * host or of several, and the schema in it. Its text form leaves the password out. Thread-safe.
 */
public final class Database {
  private static final Logger LOG = LoggerFactory.getLogger(Database.class);
  private static final int POOL_SIZE = 8;

  /** In bytes; PostgreSQL cuts what is longer. */
  private static final int LONGEST_NAME = 63;

  /** How long to wait for a connection of the pool. */
  private static final Duration POOL_WAIT = Duration.ofSeconds(5);

  /** An unused connection of the pool is closed after it, before it can look dead. */
  private static final Duration POOL_IDLE = Duration.ofSeconds(30);

  /**
   * A connection of the pool that answers nothing for so long is dead: no statement may take it.
   */
  private static final Duration POOL_SILENCE = Duration.ofSeconds(45);

  /** The same of a connection of its own; longer than any one answer may take. */
  private static final Duration SILENCE = Duration.ofSeconds(20);

  private final DatabaseUrl url;
  private final DatabaseParameters parameters;
  private final @Nullable String schema;
  private final Target target;

  private Database(DatabaseUrl url, DatabaseParameters parameters, @Nullable String schema) {
    this.url = url;
    this.parameters = parameters;
    this.schema = schema;
    this.target = new Target(url, parameters, schema == null ? null : quoted(schema));
  }

  /**
   * Reads the setting, with the schema that the role's search path names first.
   *
   * @throws IllegalArgumentException without any secret part of the setting in its message
   */
  public static Database parse(String setting) {
    DatabaseUrl url = DatabaseUrl.parse(setting);
    return new Database(url, DatabaseParameters.parse(url.parameters()), null);
  }

  /**
   * The same database with a schema of that name.
   *
   * @throws IllegalArgumentException when PostgreSQL has no such names, or keeps it to itself
   */
  public Database withSchema(String name) {
    if (name.isEmpty() || name.getBytes(UTF_8).length > LONGEST_NAME || name.startsWith("pg_")) {
      throw new IllegalArgumentException(
          "a schema's name has 1 to %d bytes and does not begin with pg_".formatted(LONGEST_NAME));
    }
    return new Database(url, parameters, name);
  }

  /** A pool of connections; what waits too long for one fails. */
  public Pool pool(Vertx vertx) {
    return ClientBuilder.pool(new Sessions.Driver(target))
        .with(
            new PoolOptions()
                .setName("postern")
                .setMaxSize(POOL_SIZE)
                .setConnectionTimeout((int) POOL_WAIT.toSeconds())
                .setConnectionTimeoutUnit(TimeUnit.SECONDS)
                .setIdleTimeout((int) POOL_IDLE.toSeconds())
                .setIdleTimeoutUnit(TimeUnit.SECONDS))
        .with(network(POOL_SILENCE))
        .connectingTo(options(parameters.applicationName()))
        .using(vertx)
        .build();
  }

  /**
   * A connection of its own, outside of the pool. Whoever has it asks something every few seconds:
   * one that hears nothing for long is taken for dead and closed.
   *
   * @param task what PostgreSQL shows it as, behind the name of all
   */
  public Future<PgConnection> connect(Vertx vertx, String task) {
    return new Sessions.Driver(target)
        .createConnectionFactory(vertx, network(SILENCE))
        .connect(
            vertx.getOrCreateContext(),
            options(parameters.applicationName() + "-" + task).setCachePreparedStatements(true))
        .map(PgConnection::cast);
  }

  /**
   * Has a failure of the connection itself noted for those who look closely: the statement that it
   * fails tells of it. Without a handler the client prints a stack trace.
   */
  public static void noteFailures(SqlConnection connection) {
    connection.exceptionHandler(e -> LOG.debug("A connection to PostgreSQL failed", e));
  }

  private PgConnectOptions options(String applicationName) {
    PgConnectOptions options =
        new PgConnectOptions()
            .setUser(url.user())
            .setPassword(url.password())
            .setDatabase(url.database())
            .setSslMode(parameters.tls().mode())
            .setSslOptions(parameters.tls().options())
            .addProperty("application_name", applicationName);
    if (parameters.options() != null) {
      options.addProperty("options", parameters.options());
    }
    if (schema != null) {
      options.addProperty("search_path", quoted(schema));
    }
    return options;
  }

  // Without the last, a server that accepts connections and then says nothing would collect them.
  private NetClientOptions network(Duration silence) {
    return new NetClientOptions()
        .setConnectTimeout((int) parameters.connectTimeout().toMillis())
        .setTcpKeepAlive(true)
        .setReadIdleTimeout((int) silence.toSeconds())
        .setIdleTimeoutUnit(TimeUnit.SECONDS);
  }

  /** The same for JDBC. */
  DataSource dataSource() {
    PGSimpleDataSource source = new PGSimpleDataSource();
    source.setServerNames(url.hosts().stream().map(Host::quoted).toArray(String[]::new));
    source.setPortNumbers(url.hosts().stream().mapToInt(Host::port).toArray());
    source.setDatabaseName(url.database());
    source.setUser(url.user());
    source.setPassword(url.password());
    source.setApplicationName(parameters.applicationName() + "-migrate");
    source.setConnectTimeout((int) parameters.connectTimeout().toSeconds());
    source.setOptions(parameters.options());
    parameters.tls().configure(source);
    if (url.hosts().size() > 1) {
      source.setTargetServerType("primary");
    }
    if (schema != null) {
      source.setCurrentSchema(quoted(schema));
    }
    return source;
  }

  /** What keeps Postern from working in a session, and what to do; null if nothing does. */
  @Nullable String fault(SessionFacts facts) {
    return facts.fault(url.database(), schema == null ? null : quoted(schema));
  }

  /** Whether sessions so far have led through a pooler. */
  boolean isBehindPooler() {
    return target.isBehindPooler();
  }

  /** The schema, or null for the first one of the role's search path. */
  @Nullable String schema() {
    return schema;
  }

  private static String quoted(String name) {
    return '"' + name.replace("\"", "\"\"") + '"';
  }

  @Override
  public String toString() {
    return schema == null ? url.toString() : url + ", schema " + schema;
  }
}
