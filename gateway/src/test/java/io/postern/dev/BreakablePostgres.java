package io.postern.dev;

import static java.nio.file.StandardCopyOption.COPY_ATTRIBUTES;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A PostgreSQL 18 server that can be stopped, killed, paused, copied while it runs, and promoted.
 * It writes durably. Not thread-safe.
 */
public final class BreakablePostgres implements AutoCloseable {
  private static final String USER = "postern";

  /** Made anew by each server, or of this one alone. */
  private static final Set<String> NOT_COPIED =
      Set.of("postmaster.pid", "postmaster.opts", "pg_internal.init");

  private static final Set<String> COPIED_EMPTY =
      Set.of("pg_wal", "pg_replslot", "pg_dynshmem", "pg_notify", "pg_serial", "pg_snapshots");

  private final Path cluster;
  private final String password;
  private final List<String> settings;
  private Postmaster postmaster;

  private BreakablePostgres(Path cluster, String password, List<String> settings)
      throws IOException {
    this.cluster = cluster;
    this.password = password;
    this.settings = settings;
    start();
  }

  /** A running server with a new cluster below a directory. */
  public static BreakablePostgres create(Path directory) throws IOException {
    Path home = Files.createDirectories(directory).toRealPath();
    EmbeddedPostgres.start(home, EmbeddedPostgres.Options.forTests()).close();
    Path cluster = home.resolve("cluster");
    return new BreakablePostgres(
        cluster, Files.readString(cluster.resolve("password")), settings(List.of()));
  }

  /**
   * A running copy of this server that follows it.
   *
   * @param primaryPort where the copy reaches this server
   */
  public BreakablePostgres standby(Path directory, int primaryPort)
      throws IOException, SQLException {
    Path copy = Files.createDirectories(directory).toRealPath().resolve("cluster");
    Files.createDirectories(copy);
    try (Connection connection = connect("postgres");
        Statement statement = connection.createStatement()) {
      statement.execute("select pg_backup_start('standby', true)");
      copyTree(cluster.resolve("data"), copy.resolve("data"));
      try (ResultSet stopped =
          statement.executeQuery("select labelfile from pg_backup_stop(false)")) {
        stopped.next();
        Files.writeString(copy.resolve("data/backup_label"), stopped.getString(1));
      }
    }
    Files.createFile(copy.resolve("data/standby.signal"));
    return new BreakablePostgres(
        copy,
        password,
        settings(
            List.of(
                "primary_conninfo=host=127.0.0.1 port=%d user=%s password=%s"
                    .formatted(primaryPort, USER, password))));
  }

  /** Starts it on another port and returns when it accepts connections. */
  public void start() throws IOException {
    postmaster =
        Postmaster.start(
            PostgresBinaries.unpack(PostgresBinaries.userCache()),
            cluster.resolve("data"),
            cluster.resolve("postgres.log"),
            settings);
  }

  public int port() {
    return postmaster.port();
  }

  /** Ends all sessions and the server, in good order. */
  public void stop() {
    postmaster.stop();
    postmaster = null;
  }

  /** Ends all its processes without warning. */
  public void kill() throws IOException {
    List<ProcessHandle> processes = processes();
    processes.forEach(ProcessHandle::destroyForcibly);
    processes.forEach(process -> process.onExit().join());
    postmaster = null;
  }

  /** Stops all its processes where they are. */
  public void pause() throws IOException {
    for (ProcessHandle process : processes()) {
      signal("STOP", process);
    }
  }

  /** Lets them go on. */
  public void resume() throws IOException {
    for (ProcessHandle process : processes().reversed()) {
      signal("CONT", process);
    }
  }

  /** Makes a standby a server that is written to, and returns when it is one. */
  public void promote() throws SQLException {
    try (Connection connection = connect("postgres");
        Statement statement = connection.createStatement()) {
      statement.execute("select pg_promote()");
    }
  }

  /** A connection of the superuser, straight to the server. */
  public Connection connect(String database) throws SQLException {
    return DriverManager.getConnection(
        "jdbc:postgresql://127.0.0.1:%d/%s".formatted(port(), database), USER, password);
  }

  /** The URL of a database as it is reached through other ports, each as a host of its own. */
  public String url(String database, int... throughPorts) {
    return "postgresql://%s:%s@%s/%s"
        .formatted(
            USER,
            password,
            IntStream.of(throughPorts)
                .mapToObj(port -> "127.0.0.1:" + port)
                .collect(Collectors.joining(",")),
            database);
  }

  /** Ends the server, running or paused, and deletes its data. */
  @Override
  public void close() throws IOException {
    if (postmaster != null) {
      kill();
    }
    PostgresBinaries.deleteTree(cluster.getParent());
  }

  private static List<String> settings(List<String> more) {
    List<String> settings =
        new ArrayList<>(
            List.of(
                "listen_addresses=127.0.0.1",
                "unix_socket_directories=",
                "max_connections=100",
                "wal_keep_size=1GB",
                "wal_retrieve_retry_interval=200ms",
                "wal_sender_timeout=5s",
                "wal_receiver_timeout=5s",
                "timezone=UTC",
                "log_timezone=UTC",
                "log_checkpoints=off"));
    settings.addAll(more);
    return settings;
  }

  /** The postmaster first. */
  private List<ProcessHandle> processes() throws IOException {
    String pid = Files.readAllLines(cluster.resolve("data/postmaster.pid")).getFirst().strip();
    ProcessHandle parent = ProcessHandle.of(Long.parseLong(pid)).orElseThrow();
    List<ProcessHandle> processes = new ArrayList<>(List.of(parent));
    processes.addAll(parent.children().toList());
    return processes;
  }

  /** Sends a signal by its name. */
  public static void signal(String name, ProcessHandle process) throws IOException {
    try {
      new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Files may go while they are copied: the log brings them to what they were. */
  private static void copyTree(Path from, Path to) throws IOException {
    Files.walkFileTree(
        from,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path directory, BasicFileAttributes attributes)
              throws IOException {
            Files.copy(directory, to.resolve(from.relativize(directory)), COPY_ATTRIBUTES);
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFile(Path file, BasicFileAttributes attributes)
              throws IOException {
            Path name = from.relativize(file);
            if (!NOT_COPIED.contains(file.getFileName().toString())
                && !(name.getNameCount() > 1
                    && COPIED_EMPTY.contains(name.getName(0).toString()))) {
              try {
                Files.copy(file, to.resolve(name), COPY_ATTRIBUTES);
              } catch (NoSuchFileException e) {
                // dropped meanwhile
              }
            }
            return FileVisitResult.CONTINUE;
          }

          @Override
          public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            if (e instanceof NoSuchFileException) {
              return FileVisitResult.CONTINUE;
            }
            throw e;
          }
        });
  }
}
