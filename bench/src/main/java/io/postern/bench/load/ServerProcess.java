package io.postern.bench.load;

import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;

/** A server in a JVM of its own, on a free port of the loopback. */
final class ServerProcess implements AutoCloseable {
  private static final Duration START_TIMEOUT = Duration.ofMinutes(5);
  private static final int STOP_SECONDS = 15;
  private static final String JAVA_HOME = System.getProperty("java.home");
  // assertions are remembered for two minutes, of which there may be many
  private static final String REPLAY_CAPACITY = "20000000";

  private final Process process;
  private final long startedAt;
  private final int port;
  private final Path log;
  private final GcLog gcLog;

  private ServerProcess(ProcessBuilder builder, int port, Path log, GcLog gcLog) {
    try {
      this.startedAt = System.nanoTime();
      this.process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    } catch (IOException e) {
      throw new LoadException("a server does not start: " + e.getMessage(), e);
    }
    this.port = port;
    this.log = log;
    this.gcLog = gcLog;
  }

  /**
   * Starts {@code bin/postern serve}.
   *
   * @param distribution the folder that holds bin and lib
   * @param options further settings, {@code POSTERN_…=value}, and options of its JVM
   * @param directory for its logs; relative paths begin there
   */
  static ServerProcess gateway(
      Path distribution,
      BenchDatabase database,
      int eventLoops,
      List<String> options,
      Path directory) {
    Path launcher = distribution.resolve("bin").resolve("postern");
    if (!Files.isExecutable(launcher)) {
      throw new LoadException(launcher + " is not there; build it first: mvn package -DskipTests");
    }
    int port = freePort();
    GcLog gcLog = new GcLog(directory.resolve("gc-" + port + ".log"));
    List<String> jvmOptions = new ArrayList<>();
    jvmOptions.add(gcLog.option());
    ProcessBuilder builder =
        new ProcessBuilder(launcher.toString(), "serve").directory(directory.toFile());
    builder.environment().keySet().removeIf(name -> name.startsWith("POSTERN_"));
    builder
        .environment()
        .putAll(
            Map.of(
                "POSTERN_JAVA_HOME", JAVA_HOME,
                "POSTERN_DATABASE_URL", database.url(),
                "POSTERN_MASTER_KEY", database.masterKey(),
                "POSTERN_HTTP_HOST", "127.0.0.1",
                "POSTERN_HTTP_PORT", Integer.toString(port),
                "POSTERN_MANAGEMENT_PORT", Integer.toString(freePort()),
                "POSTERN_ISSUER", RequestMaker.ISSUER,
                "POSTERN_EVENT_LOOPS", Integer.toString(eventLoops),
                "POSTERN_REPLAY_CAPACITY", REPLAY_CAPACITY));
    for (String option : options) {
      if (option.startsWith("POSTERN_")) {
        String[] setting = option.split("=", 2);
        builder.environment().put(setting[0], setting[1]);
      } else {
        jvmOptions.add(option);
      }
    }
    builder.environment().put("POSTERN_JAVA_OPTS", String.join(" ", jvmOptions));
    return new ServerProcess(builder, port, directory.resolve("gateway-" + port + ".log"), gcLog);
  }

  /** Starts the {@link CeilingServer} with the flags that the launcher gives a gateway. */
  static ServerProcess ceiling(
      Map<RequestKind, CeilingServer.Lengths> lengths, int eventLoops, Path directory) {
    int port = freePort();
    GcLog gcLog = new GcLog(directory.resolve("gc-" + port + ".log"));
    List<String> command = new ArrayList<>();
    command.add(JAVA_HOME + File.separator + "bin" + File.separator + "java");
    command.addAll(List.of(launcherFlags().split(" ")));
    command.add(gcLog.option());
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.add(CeilingServer.class.getName());
    command.add(Integer.toString(port));
    command.add(Integer.toString(eventLoops));
    lengths.forEach((kind, length) -> command.add(kind + "=" + length));
    return new ServerProcess(
        new ProcessBuilder(command), port, directory.resolve("ceiling-" + port + ".log"), gcLog);
  }

  private static String launcherFlags() {
    try (InputStream file = ServerProcess.class.getResourceAsStream("jvm.properties")) {
      Properties properties = new Properties();
      properties.load(file);
      return properties.getProperty("jvm.flags");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * Waits until it accepts connections; a gateway does when its index is loaded.
   *
   * @return since its start
   * @throws LoadException with its log if it ends before, or takes minutes
   */
  Duration awaitOpen() {
    while (sinceStart().compareTo(START_TIMEOUT) < 0 && process.isAlive()) {
      try {
        new Socket(InetAddress.getLoopbackAddress(), port).close();
        return sinceStart();
      } catch (IOException e) {
        pause();
      }
    }
    try {
      throw new LoadException("the server did not come up:\n" + Files.readString(log));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(1);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new LoadException("interrupted", e);
    }
  }

  Duration sinceStart() {
    return Duration.ofNanos(System.nanoTime() - startedAt);
  }

  InetSocketAddress address() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  GcLog gcLog() {
    return gcLog;
  }

  /** Asks it to stop, and ends it if that takes too long. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(STOP_SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly().waitFor();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }
}
