package io.postern.dev;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.concurrent.TimeUnit.MILLISECONDS;

import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The PostgreSQL server process of one data directory. Who calls this holds the lock of the
 * directory: a server found running in it was left behind by a process that was killed.
 */
final class Postmaster {
  private static final Logger LOG = LoggerFactory.getLogger(Postmaster.class);

  // Long enough to replay the log after a crash, respectively to write out what is in memory.
  private static final Duration START_LIMIT = Duration.ofSeconds(60);
  private static final Duration STOP_LIMIT = Duration.ofSeconds(30);
  private static final Duration POLL = Duration.ofMillis(10);

  private final PostgresBinaries binaries;
  private final Process process;
  private final int port;

  private Postmaster(PostgresBinaries binaries, Process process, int port) {
    this.binaries = binaries;
    this.process = process;
    this.port = port;
  }

  /**
   * Starts the server on a free port and waits until it accepts connections.
   *
   * @param data the data directory, absolute and without symbolic links
   * @param log the file for the server's messages, which is emptied
   * @param settings server settings, {@code name=value}
   * @throws EmbeddedPostgres.DidNotStartException with the server's reason, if it does not come up
   */
  static Postmaster start(PostgresBinaries binaries, Path data, Path log, List<String> settings)
      throws IOException {
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (true) {
      endOrphan(binaries, data);
      int port = freePort();
      List<String> arguments = new ArrayList<>(List.of("-D", data.toString(), "-p", "" + port));
      settings.forEach(setting -> arguments.addAll(List.of("-c", setting)));
      Process process =
          binaries.command("postgres", arguments).redirectOutput(log.toFile()).start();
      Postmaster postmaster = new Postmaster(binaries, process, port);
      if (postmaster.awaitReady(data.resolve("postmaster.pid"), deadline)) {
        return postmaster;
      }
      String messages = Files.exists(log) ? new String(Files.readAllBytes(log), UTF_8) : "";
      // Someone else took the port meanwhile, or an earlier server's last processes are ending.
      boolean passing =
          Stream.of("Address already in use", "is still in use", "postmaster.pid\" already exists")
              .anyMatch(messages::contains);
      if (!passing || System.nanoTime() > deadline) {
        throw new EmbeddedPostgres.DidNotStartException(data, messages);
      }
      LockSupport.parkNanos(POLL.toNanos());
    }
  }

  int port() {
    return port;
  }

  /** Ends all sessions and the server, and returns when it is gone. */
  void stop() {
    stop(binaries, process.toHandle(), process::isAlive);
  }

  private boolean awaitReady(Path pidFile, long deadline) throws IOException {
    try {
      while (!process.waitFor(POLL.toMillis(), MILLISECONDS)) {
        List<String> lines = readLines(pidFile);
        // The eighth line is the server's state, see PostgreSQL's pidfile.h.
        if (lines.size() >= 8
            && lines.getFirst().equals(Long.toString(process.pid()))
            && lines.get(7).strip().equals("ready")) {
          return true;
        }
        if (System.nanoTime() > deadline) {
          stop();
        }
      }
      return false;
    } catch (InterruptedException e) {
      stop();
      Thread.currentThread().interrupt();
      throw (IOException)
          new InterruptedIOException("Interrupted starting PostgreSQL").initCause(e);
    }
  }

  /** Ends a server that survived the process that started it. */
  private static void endOrphan(PostgresBinaries binaries, Path data) throws IOException {
    Path pidFile = data.resolve("postmaster.pid");
    List<String> lines = readLines(pidFile);
    if (lines.isEmpty() || !lines.getFirst().matches("[1-9][0-9]{0,9}")) {
      // PostgreSQL would not start beside an empty one, which is what a crash can leave.
      Files.deleteIfExists(pidFile);
      return;
    }
    Optional<ProcessHandle> found = ProcessHandle.of(Long.parseLong(lines.getFirst()));
    if (found.isEmpty()) {
      return; // PostgreSQL discards the file itself.
    }
    ProcessHandle process = found.get();
    if (serves(process, data)) {
      LOG.info("Ending the PostgreSQL server a killed process left behind, pid {}", process.pid());
      stop(binaries, process, () -> serves(process, data));
    } else {
      // The pid is another process's by now. PostgreSQL would take that one for a server and not
      // start. Should a server be there nonetheless, it finds its shared memory and still does not.
      Files.deleteIfExists(pidFile);
    }
  }

  /** Whether a process is the server of this data directory. A dead but unreaped one is not. */
  private static boolean serves(ProcessHandle process, Path data) {
    List<String> arguments = List.of(process.info().arguments().orElse(new String[0]));
    int option = arguments.indexOf("-D");
    if (option >= 0 && arguments.subList(option + 1, arguments.size()).contains(data.toString())) {
      return true;
    }
    try {
      // One started by hand: a server's working directory is its data directory.
      Path executable = Files.readSymbolicLink(Path.of("/proc/" + process.pid() + "/exe"));
      Path directory = Files.readSymbolicLink(Path.of("/proc/" + process.pid() + "/cwd"));
      return directory.equals(data) && executable.endsWith("postgres");
    } catch (IOException e) {
      return false;
    }
  }

  /** Asks for a fast shutdown and ends the process hard if it has not come to that in time. */
  private static void stop(PostgresBinaries binaries, ProcessHandle server, BooleanSupplier runs) {
    try {
      binaries
          .command("pg_ctl", List.of("kill", "INT", Long.toString(server.pid())))
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException e) {
      LOG.warn("Could not signal PostgreSQL, pid {}", server.pid(), e);
    }
    long deadline = System.nanoTime() + STOP_LIMIT.toNanos();
    boolean killed = false;
    boolean interrupted = false;
    while (runs.getAsBoolean()) {
      if (!killed && System.nanoTime() > deadline) {
        LOG.warn("Killing PostgreSQL, pid {}: it did not stop in {}", server.pid(), STOP_LIMIT);
        killed = server.destroyForcibly();
      }
      LockSupport.parkNanos(POLL.toNanos());
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  // it may go at any moment: a server discards the one of a server that was killed
  private static List<String> readLines(Path file) throws IOException {
    try {
      return Files.readAllLines(file);
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      return socket.getLocalPort();
    }
  }
}
