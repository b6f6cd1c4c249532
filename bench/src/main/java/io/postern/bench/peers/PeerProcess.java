package io.postern.bench.peers;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A peer that runs, with all processes that it has started. */
final class PeerProcess implements AutoCloseable {
  private static final Duration STOP_LIMIT = Duration.ofSeconds(20);
  private static final int BYTES_PER_KIB = 1024;

  private final Peer peer;
  private final Process process;
  private final int port;
  private final Path log;

  private PeerProcess(Peer peer, Process process, int port, Path log) {
    this.peer = peer;
    this.process = process;
    this.port = port;
    this.log = log;
  }

  /**
   * Starts a peer; it need not answer yet.
   *
   * @param log where it writes what it has to say
   */
  static PeerProcess start(
      Peer peer, List<String> command, Map<String, String> environment, int port, Path log)
      throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("POSTERN_"));
    builder.environment().putAll(environment);
    return new PeerProcess(peer, builder.start(), port, log);
  }

  /** A port that nobody listens on now. */
  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.ofLiteral("127.0.0.1"))) {
      return socket.getLocalPort();
    }
  }

  Peer peer() {
    return peer;
  }

  /** The URL of a path on it. */
  URI url(String path) {
    return URI.create("http://127.0.0.1:" + port + path);
  }

  /**
   * Goes on if it still runs.
   *
   * @throws PeersException when it does not
   */
  void requireAlive() {
    if (!process.isAlive()) {
      throw new PeersException(
          "%s ended with status %d; see %s".formatted(peer.id(), process.exitValue(), log));
    }
  }

  /** The CPU time that its processes have used, user and system, to ten milliseconds. */
  Duration cpuTime() {
    return processes()
        .flatMap(handle -> handle.info().totalCpuDuration().stream())
        .reduce(Duration.ZERO, Duration::plus);
  }

  /** The memory that its processes hold, in bytes; pages that they share count for each. */
  long residentBytes() throws IOException {
    long sum = 0;
    for (ProcessHandle handle : processes().toList()) {
      sum += residentBytes(handle.pid());
    }
    return sum;
  }

  private static long residentBytes(long pid) throws IOException {
    try (Stream<String> lines = Files.lines(Path.of("/proc/" + pid + "/status"))) {
      return lines
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("[^0-9]", "")) * BYTES_PER_KIB)
          .sum();
    } catch (NoSuchFileException e) {
      return 0; // it has ended meanwhile
    }
  }

  private Stream<ProcessHandle> processes() {
    return Stream.concat(Stream.of(process.toHandle()), process.descendants());
  }

  /** Asks all its processes to stop, and returns when they have. */
  @Override
  public void close() throws IOException {
    List<ProcessHandle> processes = processes().toList();
    process.destroy();
    try {
      if (!process.waitFor(STOP_LIMIT.toSeconds(), TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    processes.forEach(ProcessHandle::destroyForcibly);
  }
}
