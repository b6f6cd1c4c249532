package io.postern.dev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NetworkInterface;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(value = 120, unit = TimeUnit.SECONDS)
class EmbeddedPostgresTest {
  private static final EmbeddedPostgres.Options DURABLE = EmbeddedPostgres.Options.forDevelopment();
  private static final EmbeddedPostgres.Options QUICK = EmbeddedPostgres.Options.forTests();

  @TempDir private Path directory;
  private final List<ProcessHandle> started = new ArrayList<>();

  /** What another Postern process does: makes a database with one row, and waits to be killed. */
  static final class OtherProcess {
    public static void main(String[] arguments) throws Exception {
      EmbeddedPostgres postgres = EmbeddedPostgres.start(Path.of(arguments[0]), DURABLE);
      postgres.createDatabase("postern");
      execute(postgres, "create table grant_ (id text)");
      execute(postgres, "insert into grant_ values ('kept')");
      System.out.println("committed");
      Thread.currentThread().join();
    }
  }

  @AfterEach
  void endWhatWasStarted() {
    started.forEach(ProcessHandle::destroyForcibly);
  }

  @Test
  void start_inDevelopment_isDurableAndNeedsThePassword() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(directory, DURABLE)) {
      assertThat(postgres.createDatabase("postern")).isTrue();
      assertThat(postgres.createDatabase("postern")).isFalse();

      assertThat(query(postgres, "show fsync")).isEqualTo("on");
      assertThat(query(postgres, "show synchronous_commit")).isEqualTo("on");
      assertThat(query(postgres, "show full_page_writes")).isEqualTo("on");
      assertThat(query(postgres, "show log_timezone")).isEqualTo("UTC");
      assertThat(query(postgres, "show server_version")).startsWith("18.");
      assertThat(query(postgres, "show unix_socket_directories")).isEmpty();
      assertThat(query(postgres, "select rolpassword from pg_authid where rolname = 'postern'"))
          .startsWith("SCRAM-SHA-256$");
      assertThat(
              query(
                  postgres, "select string_agg(distinct auth_method, ',') from pg_hba_file_rules"))
          .isEqualTo("scram-sha-256");

      assertThatThrownBy(() -> connect(postgres, "wrong"))
          .isInstanceOfSatisfying(
              SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("28P01"));
      assertThatThrownBy(() -> connect(postgres, "")).isInstanceOf(SQLException.class);

      Path password = directory.resolve("cluster/password");
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(password)))
          .isEqualTo("rw-------");
      assertThat(postgres.toString()).doesNotContain(Files.readString(password));
      assertThat(directory.resolve("cluster/postgres.log"))
          .content()
          .doesNotContain(Files.readString(password));
    }
  }

  @Test
  void start_anywhere_listensOnLoopbackOnly() throws Exception {
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(directory, QUICK)) {
      assertThat(postgres.createDatabase("postern")).isTrue();
      assertThat(query(postgres, "show listen_addresses")).isEqualTo("127.0.0.1");
      assertThat(query(postgres, "show max_connections")).isEqualTo("200");
      assertThat(query(postgres, "show fsync")).isEqualTo("off");
      for (InetAddress address :
          NetworkInterface.networkInterfaces()
              .flatMap(NetworkInterface::inetAddresses)
              .filter(address -> !address.isLoopbackAddress())
              .toList()) {
        try (Socket socket = new Socket()) {
          assertThatThrownBy(
                  () -> socket.connect(new InetSocketAddress(address, postgres.port()), 2000))
              .isInstanceOf(IOException.class);
        }
      }
      assertThatThrownBy(() -> postgres.createDatabase("a;b"))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void close_thenStart_keepsTheDataAndFreesTheDirectory() throws Exception {
    long pid;
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(directory, QUICK)) {
      pid = serverPid();
      postgres.createDatabase("postern");
      execute(postgres, "create table grant_ (id text)");
      execute(postgres, "insert into grant_ values ('kept')");

      // Twice: the first refusal must not have cost the running instance its lock.
      for (int attempt = 0; attempt < 2; attempt++) {
        assertThatThrownBy(() -> EmbeddedPostgres.start(directory.resolve("."), QUICK))
            .isInstanceOf(EmbeddedPostgres.DirectoryInUseException.class)
            .hasMessageContaining(directory.toRealPath().toString());
      }
      Process other = startOtherProcess();
      assertThat(other.waitFor()).isNotZero();
      assertThat(other.inputReader().lines()).anyMatch(line -> line.contains("DirectoryInUse"));
      assertThat(rows(postgres)).isEqualTo("kept");
    }
    assertThat(ProcessHandle.of(pid)).isEmpty();
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(directory, QUICK)) {
      assertThat(rows(postgres)).isEqualTo("kept");
    }
  }

  @Test
  void start_whileAnotherProcessRunsIt_isRefusedUntilThatIsKilled() throws Exception {
    Process other = startOtherProcess();
    awaitCommit(other);
    assertThatThrownBy(() -> EmbeddedPostgres.start(directory, DURABLE))
        .isInstanceOf(EmbeddedPostgres.DirectoryInUseException.class);

    ProcessHandle orphan = ProcessHandle.of(serverPid()).orElseThrow();
    int orphansPort = Integer.parseInt(pidFileLine(4));
    kill(other.toHandle());
    assertThat(orphan.isAlive()).isTrue();

    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(directory, DURABLE)) {
      assertThat(serverPid()).isNotEqualTo(orphan.pid());
      assertThat(postgres.port()).isNotEqualTo(orphansPort);
      assertThatThrownBy(() -> new Socket(InetAddress.ofLiteral("127.0.0.1"), orphansPort).close())
          .isInstanceOf(ConnectException.class);
      assertThat(rows(postgres)).isEqualTo("kept");
    }
  }

  @Test
  void start_afterEverythingWasKilled_hasWhatWasCommitted() throws Exception {
    Process other = startOtherProcess();
    awaitCommit(other);
    ProcessHandle server = ProcessHandle.of(serverPid()).orElseThrow();
    List<ProcessHandle> processes =
        Stream.concat(Stream.of(other.toHandle(), server), server.descendants()).toList();
    assertThat(processes).hasSizeGreaterThan(4);
    processes.forEach(ProcessHandle::destroyForcibly);
    processes.forEach(process -> process.onExit().join());

    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(directory, DURABLE)) {
      assertThat(rows(postgres)).isEqualTo("kept");
    }
  }

  @Test
  void start_afterPostmasterAndPosternWereKilled_waitsForTheOtherProcesses() throws Exception {
    Process other = startOtherProcess();
    awaitCommit(other);
    ProcessHandle server = ProcessHandle.of(serverPid()).orElseThrow();
    kill(other.toHandle());
    server.destroyForcibly();

    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(directory, DURABLE)) {
      assertThat(rows(postgres)).isEqualTo("kept");
    }
  }

  @Test
  void start_afterTheFirstStartWasKilled_makesTheClusterAnew() throws Exception {
    Process other = startOtherProcess();
    await(() -> find("new-cluster-*/data/global/pg_control") && other.descendants().count() > 0);
    List<ProcessHandle> initdb = other.descendants().toList();
    started.addAll(initdb);
    kill(other.toHandle());
    assertThat(directory.resolve("cluster")).doesNotExist();

    // Not ended here: the old initdb may still be at work.
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(directory, QUICK)) {
      assertThat(postgres.createDatabase("postern")).isTrue();
    }
    initdb.forEach(EmbeddedPostgresTest::kill);
    try (EmbeddedPostgres postgres = EmbeddedPostgres.start(directory, QUICK)) {
      assertThat(postgres.createDatabase("postern")).isFalse();
      assertThat(find("new-cluster-*")).isFalse();
    }
  }

  @Test
  void start_withPidFileNamingAnotherProcess_leavesThatAlone() throws Exception {
    EmbeddedPostgres.start(directory, QUICK).close();
    Process unrelated = new ProcessBuilder("sleep", "600").start();
    started.add(unrelated.toHandle());
    Path pidFile = directory.resolve("cluster/data/postmaster.pid");

    for (String content : List.of(unrelated.pid() + "\n" + directory + "\n", "")) {
      Files.writeString(pidFile, content);
      try (EmbeddedPostgres postgres = EmbeddedPostgres.start(directory, QUICK)) {
        postgres.createDatabase("postern");
        assertThat(query(postgres, "select 1")).isEqualTo("1");
      }
      assertThat(unrelated.isAlive()).isTrue();
    }
  }

  @Test
  void start_ofWhatIsNoCluster_failsWithTheServersWordsAndFreesTheDirectory() throws Exception {
    EmbeddedPostgres.start(directory, QUICK).close();
    Path version = directory.resolve("cluster/data/PG_VERSION");
    Files.writeString(version, "9\n");
    assertThatThrownBy(() -> EmbeddedPostgres.start(directory, QUICK))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("incompatible");
    Files.writeString(version, "18\n");
    EmbeddedPostgres.start(directory, QUICK).close();
  }

  private Process startOtherProcess() throws IOException {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                OtherProcess.class.getName(),
                directory.toString())
            .redirectErrorStream(true)
            .start();
    started.add(process.toHandle());
    return process;
  }

  private static void awaitCommit(Process other) throws IOException {
    BufferedReader output = other.inputReader();
    StringBuilder said = new StringBuilder();
    for (String line = output.readLine(); line != null; line = output.readLine()) {
      if (line.equals("committed")) {
        return;
      }
      said.append(line).append('\n');
    }
    throw new AssertionError("The other process ended:\n" + said);
  }

  private long serverPid() throws IOException {
    return Long.parseLong(pidFileLine(1));
  }

  private String pidFileLine(int number) throws IOException {
    return Files.readAllLines(directory.resolve("cluster/data/postmaster.pid")).get(number - 1);
  }

  /** Ends a process without any notice, and returns when it is gone. */
  private static void kill(ProcessHandle process) {
    process.destroyForcibly();
    process.onExit().join();
  }

  private boolean find(String glob) throws IOException {
    PathMatcher matcher =
        directory.getFileSystem().getPathMatcher("glob:" + directory + "/" + glob);
    try (Stream<Path> paths = Files.walk(directory, 4)) {
      return paths.anyMatch(matcher::matches);
    } catch (UncheckedIOException e) {
      return false; // Something went away meanwhile.
    }
  }

  private interface Condition {
    boolean holds() throws IOException;
  }

  private static void await(Condition condition) throws IOException {
    while (!condition.holds()) {
      LockSupport.parkNanos(1_000_000);
    }
  }

  private static String rows(EmbeddedPostgres postgres) throws SQLException {
    return query(postgres, "select string_agg(id, ',') from grant_");
  }

  private static Connection connect(EmbeddedPostgres postgres, String password)
      throws SQLException {
    URI url = URI.create(postgres.databaseUrl("postern"));
    return DriverManager.getConnection(
        "jdbc:postgresql://%s:%d%s".formatted(url.getHost(), url.getPort(), url.getPath()),
        "postern",
        password);
  }

  private static Connection connect(EmbeddedPostgres postgres) throws SQLException {
    String user = URI.create(postgres.databaseUrl("postern")).getUserInfo();
    return connect(postgres, user.substring(user.indexOf(':') + 1));
  }

  private static void execute(EmbeddedPostgres postgres, String sql) throws SQLException {
    try (Connection connection = connect(postgres);
        Statement statement = connection.createStatement()) {
      statement.execute(sql);
    }
  }

  private static String query(EmbeddedPostgres postgres, String sql) throws SQLException {
    try (Connection connection = connect(postgres);
        Statement statement = connection.createStatement();
        ResultSet result = statement.executeQuery(sql)) {
      result.next();
      return result.getString(1);
    }
  }
}
