package io.postern.bench;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A Redis server on the loopback that saves nothing, from a file that is a Maven artifact. */
final class BenchRedis implements AutoCloseable {
  private static final Duration START_LIMIT = Duration.ofSeconds(20);
  private static final Pattern USED_MEMORY = Pattern.compile("(?m)^used_memory:(\\d+)");

  private final Process process;
  private final int port;

  private BenchRedis(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  /** Starts it and returns when it answers. */
  static BenchRedis start(Path directory) throws IOException {
    String name =
        System.getProperty("os.arch").equals("aarch64")
            ? "redis-server-6.2.7-linux-arm64"
            : "redis-server-6.2.6-v5-linux-amd64";
    Path program = directory.resolve(name);
    try (InputStream resource = BenchRedis.class.getResourceAsStream("/" + name)) {
      if (resource == null || Files.copy(resource, program) == 0) {
        throw new IOException(name + " is not on the class path");
      }
    }
    if (!program.toFile().setExecutable(true)) {
      throw new IOException(program + " cannot be made executable");
    }
    int port = freePort();
    Process process =
        new ProcessBuilder(
                program.toString(), "--bind", "127.0.0.1", "--port", "" + port, "--save", "")
            .directory(directory.toFile())
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("redis.log").toFile())
            .start();
    BenchRedis redis = new BenchRedis(process, port);
    long deadline = System.nanoTime() + START_LIMIT.toNanos();
    while (!redis.command("PING").startsWith("+PONG")) {
      if (!process.isAlive() || System.nanoTime() > deadline) {
        throw new IOException("Redis did not start, see " + directory);
      }
      LockSupport.parkNanos(Duration.ofMillis(10).toNanos());
    }
    return redis;
  }

  String url() {
    return "redis://127.0.0.1:" + port;
  }

  /** Bytes that it has allocated. */
  long usedMemory() {
    Matcher matcher = USED_MEMORY.matcher(command("INFO"));
    if (!matcher.find()) {
      throw new IllegalStateException("no used_memory in INFO");
    }
    return Long.parseLong(matcher.group(1));
  }

  private String command(String command) {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      socket
          .getOutputStream()
          .write((command + "\r\nQUIT\r\n").getBytes(StandardCharsets.US_ASCII));
      return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "";
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    process.onExit().join();
  }
}
