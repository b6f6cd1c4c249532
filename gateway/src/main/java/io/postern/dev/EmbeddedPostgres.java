package io.postern.dev;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.attribute.PosixFilePermissions.asFileAttribute;
import static java.nio.file.attribute.PosixFilePermissions.fromString;
import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL 18 server of our own, with its data in a directory that survives it.
 *
 * <p>It listens on a free port of 127.0.0.1 only, and every connection needs the password, which is
 * random and kept in the directory. In the directory are
 *
 * <ul>
 *   <li>{@code lock}: see {@link DirectoryLock};
 *   <li>{@code cluster}: {@code data}, {@code password} and the server's log. It is complete or
 *       absent, as it is made under another name and renamed. Nothing here ever deletes it.
 *   <li>{@code new-cluster-…}: one whose making was cut short, deleted at the next start.
 * </ul>
 *
 * <p>After the death of this process, however sudden, the next start on the directory ends the
 * server that was left behind and has all that was committed, if the options say durable. Safe for
 * use by several threads.
 */
public final class EmbeddedPostgres implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgres.class);
  private static final String USER = "postern";
  private static final String NEW_CLUSTER = "new-cluster-";
  private static final Pattern DATABASE_NAME = Pattern.compile("[a-z_][a-z0-9_]{0,62}");
  private static final String DUPLICATE_DATABASE = "42P04";
  private static final int PASSWORD_BYTES = 24;

  /**
   * How to run the server.
   *
   * @param durable whether a commit is on the disk before it is reported; without, a crash of the
   *     system may cost the whole cluster
   * @param maxConnections at least 10, of which PostgreSQL keeps three for itself
   * @param cache where the PostgreSQL programs are unpacked, once for all directories
   */
  public record Options(boolean durable, int maxConnections, Path cache) {
    public Options {
      if (maxConnections < 10) {
        throw new IllegalArgumentException("maxConnections must be at least 10");
      }
    }

    /** Durable, with PostgreSQL's own number of connections. */
    public static Options forDevelopment() {
      return new Options(true, 100, PostgresBinaries.userCache());
    }

    /** For data nobody will miss: not durable but quick, and with connections for many pools. */
    public static Options forTests() {
      return new Options(false, 200, PostgresBinaries.userCache());
    }
  }

  /** A running instance, in this process or another one, has the directory. */
  public static final class DirectoryInUseException extends IOException {
    DirectoryInUseException(Path directory) {
      super("The database directory %s is in use by a running Postern".formatted(directory));
    }
  }

  /** The server does not start with its data, and says why. */
  public static final class DidNotStartException extends IOException {
    private static final Pattern REASON = Pattern.compile("(?:FATAL|DETAIL|HINT):\\s+(.*)");

    /**
     * @param messages all that the server has written
     */
    DidNotStartException(Path data, String messages) {
      super("PostgreSQL does not start with the data in %s: %s".formatted(data, reason(messages)));
    }

    private static String reason(String messages) {
      String reason =
          REASON.matcher(messages).results().map(m -> m.group(1)).collect(joining("; "));
      return reason.isEmpty() ? messages.strip().replace('\n', ' ') : reason;
    }
  }

  private final Path directory;
  private final DirectoryLock lock;
  private final Postmaster postmaster;
  private final String password;
  private final AtomicBoolean closed = new AtomicBoolean();

  private EmbeddedPostgres(
      Path directory, DirectoryLock lock, Postmaster postmaster, String password) {
    this.directory = directory;
    this.lock = lock;
    this.postmaster = postmaster;
    this.password = password;
  }

  /**
   * Starts the server, with a new cluster if the directory has none, and returns when it accepts
   * connections. The caller closes it; no shutdown hook does.
   *
   * @param directory made if it does not exist
   * @throws DirectoryInUseException at once, if a running instance has the directory
   * @throws IOException if the server cannot be made or does not come up
   */
  public static EmbeddedPostgres start(Path directory, Options options) throws IOException {
    long began = System.nanoTime();
    Path home = Files.createDirectories(directory.toAbsolutePath()).toRealPath();
    DirectoryLock lock = DirectoryLock.acquire(home);
    try {
      PostgresBinaries binaries = PostgresBinaries.unpack(options.cache());
      Path cluster = home.resolve("cluster");
      deletePartialClusters(home);
      if (!Files.exists(cluster)) {
        LOG.info("Making a PostgreSQL cluster in {}", home);
        makeCluster(binaries, home, cluster, options);
      }
      String password = Files.readString(cluster.resolve("password"));
      Postmaster postmaster =
          Postmaster.start(
              binaries,
              cluster.resolve("data"),
              cluster.resolve("postgres.log"),
              settings(options));
      LOG.info(
          "PostgreSQL is up on 127.0.0.1:{} after {} ms, data in {}",
          postmaster.port(),
          Duration.ofNanos(System.nanoTime() - began).toMillis(),
          home);
      return new EmbeddedPostgres(home, lock, postmaster, password);
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /** The port the server listens on, another one at each start. */
  public int port() {
    return postmaster.port();
  }

  /**
   * The URL of a database for its owner, with the password: not for logs.
   *
   * @param database lower-case letters, digits and underscores
   */
  public String databaseUrl(String database) {
    return "postgresql://%s:%s@127.0.0.1:%d/%s"
        .formatted(USER, password, port(), requireName(database));
  }

  /**
   * Creates a database unless it exists.
   *
   * @param name lower-case letters, digits and underscores
   * @return whether it is new
   */
  public boolean createDatabase(String name) throws SQLException {
    String url = "jdbc:postgresql://127.0.0.1:%d/postgres".formatted(port());
    try (Connection connection = DriverManager.getConnection(url, USER, password);
        Statement statement = connection.createStatement()) {
      statement.execute("create database " + requireName(name));
      return true;
    } catch (SQLException e) {
      if (DUPLICATE_DATABASE.equals(e.getSQLState())) {
        return false;
      }
      throw e;
    }
  }

  /** Ends all sessions and the server, returns when it is gone, and gives up the directory. */
  @Override
  public void close() throws IOException {
    if (closed.compareAndSet(false, true)) {
      postmaster.stop();
      lock.close();
    }
  }

  @Override
  public String toString() {
    return "EmbeddedPostgres[directory=%s, port=%d]".formatted(directory, port());
  }

  private static String requireName(String database) {
    if (!DATABASE_NAME.matcher(database).matches()) {
      throw new IllegalArgumentException("Not a database name of ours: " + database);
    }
    return database;
  }

  /**
   * Makes a cluster that is complete and on the disk when it gets its name. Each attempt has a
   * directory of its own, as an initdb that outlived its killed parent may still write to the last.
   */
  private static void makeCluster(
      PostgresBinaries binaries, Path home, Path cluster, Options options) throws IOException {
    Path partial = Files.createTempDirectory(home, NEW_CLUSTER);
    Path password = partial.resolve("password");
    Files.createFile(password, asFileAttribute(fromString("rw-------")));
    Files.writeString(password, newPassword());
    PostgresBinaries.force(password);
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--pgdata=" + partial.resolve("data"),
                "--username=" + USER,
                "--pwfile=" + password,
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale=C",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--no-instructions"));
    if (!options.durable()) {
      arguments.add("--no-sync");
    }
    Path log = partial.resolve("postgres.log");
    Process initdb = binaries.command("initdb", arguments).redirectOutput(log.toFile()).start();
    try {
      if (initdb.waitFor() != 0) {
        throw new IOException("initdb failed:%n%s".formatted(Files.readString(log)));
      }
    } catch (InterruptedException e) {
      initdb.destroy();
      Thread.currentThread().interrupt();
      throw (IOException) new InterruptedIOException("Interrupted making a cluster").initCause(e);
    }
    PostgresBinaries.force(partial);
    Files.move(partial, cluster, ATOMIC_MOVE);
    PostgresBinaries.force(home);
  }

  private static void deletePartialClusters(Path home) throws IOException {
    try (DirectoryStream<Path> partial = Files.newDirectoryStream(home, NEW_CLUSTER + "*")) {
      partial.forEach(PostgresBinaries::deleteTree);
    }
  }

  private static String newPassword() {
    byte[] random = new byte[PASSWORD_BYTES];
    new SecureRandom().nextBytes(random);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(random);
  }

  private static List<String> settings(Options options) {
    String durable = options.durable() ? "on" : "off";
    return List.of(
        "listen_addresses=127.0.0.1",
        "unix_socket_directories=",
        "max_connections=" + options.maxConnections(),
        "fsync=" + durable,
        "synchronous_commit=" + durable,
        "full_page_writes=" + durable,
        "timezone=UTC",
        "log_timezone=UTC",
        "log_checkpoints=off");
  }
}
