package io.postern.deploy;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A program of one of Debian's packages, as {@code install-tools} unpacked it or as installed. */
final class Tool {
  /** The repository. */
  static final Path REPOSITORY = Path.of("..", "..").toAbsolutePath().normalize();

  /** What this project deploys by. */
  static final Path DEPLOY = REPOSITORY.resolve("deploy");

  private static final Path UNPACKED = Path.of(System.getProperty("deploy.tools"), "root");
  private static final List<String> FOLDERS = List.of("usr/bin", "usr/sbin", "bin", "sbin");
  private static final int SECONDS = 60;

  private final Path file;

  private Tool(Path file) {
    this.file = file;
  }

  /** The program of that name. */
  static Tool named(String name) {
    return new Tool(find(name));
  }

  /** A script of the repository. */
  static Tool script(Path file) {
    return new Tool(file);
  }

  /** Runs it in the repository; it must end with status 0. What it printed, errors too. */
  String run(String... arguments) {
    return run(REPOSITORY, arguments);
  }

  /** As {@link #run(String...)}, in a folder. */
  String run(Path folder, String... arguments) {
    try {
      Path output = Files.createTempFile("tool", ".out");
      try {
        Process process =
            builder(arguments)
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile())
                .start();
        boolean ended = process.waitFor(SECONDS, TimeUnit.SECONDS);
        process.destroyForcibly();
        String text = Files.readString(output);
        assertThat(ended).as("%s ends; it said: %s", file, text).isTrue();
        assertThat(process.exitValue()).as("%s said: %s", file, text).isZero();
        return text;
      } finally {
        Files.delete(output);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /** What starts it. */
  ProcessBuilder builder(String... arguments) {
    List<String> command = new ArrayList<>();
    if (firstLine().startsWith("#!/usr/bin/python3")) {
      // its own interpreter may not be installed but unpacked
      command.add(find("python3").toString());
      command.add("-W");
      command.add("ignore");
    }
    command.add(file.toString());
    command.addAll(List.of(arguments));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("LD_LIBRARY_PATH", libraries());
    builder.environment().put("PYTHONPATH", UNPACKED + "/usr/lib/python3/dist-packages");
    return builder;
  }

  /** Ends a process that was started, if need be by force. */
  static void stop(Process process) {
    process.destroy();
    try {
      if (!process.waitFor(SECONDS, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  private String firstLine() {
    try (var in = Files.newInputStream(file)) {
      return new String(in.readNBytes(40), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Path find(String name) {
    return Stream.of(UNPACKED, Path.of("/"))
        .flatMap(root -> FOLDERS.stream().map(folder -> root.resolve(folder).resolve(name)))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow(
            () -> new AssertionError(name + " is not there; remove " + UNPACKED.getParent()));
  }

  private static String libraries() {
    try (Stream<Path> folders =
        Files.find(
            UNPACKED,
            4,
            (path, attributes) -> attributes.isDirectory() && path.getParent().endsWith("lib"))) {
      return folders
          .flatMap(folder -> Stream.of(folder, folder.resolve("systemd")))
          .filter(Files::isDirectory)
          .map(Path::toString)
          .reduce(UNPACKED + "/usr/lib/systemd", (all, one) -> all + ":" + one);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
