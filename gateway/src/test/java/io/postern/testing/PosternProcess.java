package io.postern.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A run of the distribution's {@code bin/postern} in a process of its own. */
public final class PosternProcess implements AutoCloseable {
  private static final Path DISTRIBUTION = Path.of("target", "postern");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Process process;
  private final Path out;
  private final Path err;

  private PosternProcess(Process process, Path out, Path err) {
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /** Starts a command with these variables and no other {@code POSTERN_*}. */
  public static PosternProcess start(Map<String, String> environment, String... arguments) {
    return start(DISTRIBUTION, environment, arguments);
  }

  /** The same with another distribution. */
  public static PosternProcess start(
      Path distribution, Map<String, String> environment, String... arguments) {
    try {
      Path out = Files.createTempFile(Path.of("target"), "postern-", ".out");
      Path err = Files.createTempFile(Path.of("target"), "postern-", ".err");
      List<String> command =
          new ArrayList<>(List.of(distribution.resolve("bin/postern").toString()));
      command.addAll(List.of(arguments));
      ProcessBuilder builder =
          new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
      builder.environment().keySet().removeIf(name -> name.startsWith("POSTERN_"));
      builder.environment().putAll(environment);
      return new PosternProcess(builder.start(), out, err);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * A copy of the distribution, to be changed. Its files keep their times, which the JVM compares
   * before it takes an AOT cache.
   */
  public static Path copyDistribution(Path directory) {
    try (Stream<Path> files = Files.walk(DISTRIBUTION)) {
      for (Path file : (Iterable<Path>) files::iterator) {
        Path copy = directory.resolve(DISTRIBUTION.relativize(file));
        if (Files.isDirectory(file)) {
          Files.createDirectories(copy);
        } else {
          Files.copy(file, copy, StandardCopyOption.COPY_ATTRIBUTES);
        }
      }
      return directory;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Deletes a distribution. */
  public static void delete(Path distribution) {
    try (Stream<Path> files = Files.walk(distribution)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits for the end and answers the exit status. */
  public int awaitExit() {
    try {
      if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
        throw new IllegalStateException("still running: " + out() + err());
      }
      return process.exitValue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** Waits until stdout has a line that begins so, after blanks; answers it without them. */
  public String awaitLine(String beginning) {
    Instant deadline = Instant.now().plus(PATIENCE);
    while (Instant.now().isBefore(deadline)) {
      boolean alive = process.isAlive();
      Optional<String> line =
          wholeLines().map(String::strip).filter(l -> l.startsWith(beginning)).findFirst();
      if (line.isPresent()) {
        return line.get();
      }
      if (!alive) {
        break;
      }
      pause();
    }
    throw new IllegalStateException("no line \"" + beginning + "\" in: " + out() + err());
  }

  /** Waits until the log has a line with that text. */
  public void awaitLogged(String text) {
    Instant deadline = Instant.now().plus(PATIENCE);
    while (Instant.now().isBefore(deadline)) {
      boolean alive = process.isAlive();
      if (err().contains(text)) {
        return;
      }
      if (!alive) {
        break;
      }
      pause();
    }
    throw new IllegalStateException("\"" + text + "\" was not logged: " + err());
  }

  // the last line may be half written
  private Stream<String> wholeLines() {
    String written = out();
    return written.substring(0, written.lastIndexOf('\n') + 1).lines();
  }

  /** Waits until readiness says yes. */
  public void awaitReady(String managementPort) {
    URI ready = URI.create("http://127.0.0.1:" + managementPort + "/health/ready");
    Instant deadline = Instant.now().plus(PATIENCE);
    try (HttpClient http = HttpClient.newHttpClient()) {
      while (Instant.now().isBefore(deadline) && process.isAlive()) {
        try {
          HttpRequest request = HttpRequest.newBuilder(ready).build();
          if (http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode() == 200) {
            return;
          }
        } catch (IOException e) {
          // not listening yet
        }
        pause();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    throw new IllegalStateException("not ready: " + out() + err());
  }

  private static void pause() {
    try {
      TimeUnit.MILLISECONDS.sleep(20);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** All of stdout so far. */
  public String out() {
    return read(out);
  }

  /** All of stderr so far. */
  public String err() {
    return read(err);
  }

  /** Asks it to stop. */
  public void terminate() {
    process.destroy();
  }

  /** Ends it without warning, and the server that it started too. */
  public void killWithServer(Path dataDirectory) {
    process.toHandle().destroyForcibly();
    awaitExit();
    try {
      Path pidFile = dataDirectory.resolve("cluster/data/postmaster.pid");
      long postmaster = Long.parseLong(Files.readAllLines(pidFile).getFirst().strip());
      ProcessHandle.of(postmaster)
          .ifPresent(
              server -> {
                List<ProcessHandle> backends = server.children().toList();
                server.destroyForcibly();
                backends.forEach(ProcessHandle::destroyForcibly);
                server.onExit().join();
              });
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Ends it without warning. */
  public void kill() {
    process.destroyForcibly();
    awaitExit();
  }

  public boolean isAlive() {
    return process.isAlive();
  }

  /** The JVM, as the launcher becomes it. */
  public ProcessHandle handle() {
    return process.toHandle();
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(30, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
