package io.postern.testing;

import io.postern.replay.RedisServer;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.locks.LockSupport;

/**
 * A Redis server of its own on the loopback, with a password, from a file that comes as a Maven
 * artifact. It keeps its port and, where it is told to save it, its data when it is started again.
 */
public final class TestRedis implements AutoCloseable {
  private static final String PASSWORD = "secret-of-the-test-redis";
  private static final Duration START_LIMIT = Duration.ofSeconds(20);

  private final Path directory;
  private final int port = TestGateway.freePort();
  private Process process;

  private TestRedis(Path directory) {
    this.directory = directory;
  }

  /** Starts a server and returns when it answers. */
  public static TestRedis start() {
    try {
      Path parent = Files.createDirectories(Path.of("target", "redis"));
      TestRedis redis = new TestRedis(Files.createTempDirectory(parent, "server-"));
      redis.startAgain();
      return redis;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where it is, as the setting says it. */
  public RedisServer server() {
    return RedisServer.parse("redis://:" + PASSWORD + "@127.0.0.1:" + port);
  }

  /** Starts it after {@link #kill}. */
  public void startAgain() {
    try {
      process =
          new ProcessBuilder(
                  program().toString(),
                  "--bind",
                  "127.0.0.1",
                  "--port",
                  "" + port,
                  "--requirepass",
                  PASSWORD,
                  "--save",
                  "",
                  "--dir",
                  directory.toAbsolutePath().toString())
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("redis.log").toFile())
              .start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (!command("PING").startsWith("+PONG")) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        throw new IllegalStateException("Redis did not start, see " + directory);
      }
      LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
    }
  }

  /** Runs a command without blanks in its parts and answers what comes back, or nothing. */
  public String command(String command) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      String lines = "AUTH " + PASSWORD + "\r\n" + command + "\r\nQUIT\r\n";
      socket.getOutputStream().write(lines.getBytes(StandardCharsets.UTF_8));
      String answers = new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      return answers.substring(answers.indexOf('\n') + 1);
    } catch (IOException e) {
      return "";
    }
  }

  /** Makes it believed about all time before, as if it had been running for long. */
  public void rememberAlways() {
    command("KEYS postern:replay:since:*")
        .lines()
        .filter(line -> line.startsWith("postern:"))
        .forEach(marker -> command("SET " + marker + " 0"));
  }

  /** Ends it at once: what it has not saved is lost. */
  public void kill() {
    process.destroyForcibly();
    process.onExit().join();
  }

  @Override
  public void close() {
    kill();
  }

  private static Path program() throws IOException {
    String architecture = System.getProperty("os.arch").toLowerCase(Locale.ROOT);
    String name =
        architecture.equals("aarch64")
            ? "redis-server-6.2.7-linux-arm64"
            : "redis-server-6.2.6-v5-linux-amd64";
    Path program = Path.of("target", "redis", name);
    if (!Files.exists(program)) {
      Path copy = Files.createTempFile(program.getParent(), name, ".new");
      try (InputStream resource = TestRedis.class.getResourceAsStream("/" + name)) {
        Files.copy(resource, copy, StandardCopyOption.REPLACE_EXISTING);
      }
      copy.toFile().setExecutable(true);
      Files.move(copy, program, StandardCopyOption.ATOMIC_MOVE);
    }
    return program.toAbsolutePath();
  }
}
