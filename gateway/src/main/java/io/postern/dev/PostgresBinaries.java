package io.postern.dev;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardOpenOption.READ;

import java.io.BufferedInputStream;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.JarURLConnection;
import java.net.URL;
import java.net.URLConnection;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tukaani.xz.XZInputStream;

/**
 * The PostgreSQL programs from the class path, unpacked into a cache directory that all data
 * directories and processes of a user share.
 *
 * @param home where {@code bin}, {@code lib} and {@code share} are
 */
record PostgresBinaries(Path home) {
  private static final Logger LOG = LoggerFactory.getLogger(PostgresBinaries.class);

  /**
   * Unpacks the programs unless an earlier start has. They appear under their final name by one
   * rename, so that a killed process leaves nothing that looks complete, and of several processes
   * doing this at once one wins and the others use what it made.
   *
   * @throws IOException if there are none for this system, or they cannot be unpacked
   */
  static PostgresBinaries unpack(Path cache) throws IOException {
    String archive = "postgres-%s-%s.txz".formatted(operatingSystem(), architecture());
    URL resource = PostgresBinaries.class.getResource("/" + archive);
    if (resource == null) {
      throw new IOException(
          "No embedded PostgreSQL for this system: %s is not on the class path".formatted(archive));
    }
    URLConnection connection = resource.openConnection();
    // Another PostgreSQL release has another checksum and so another directory.
    long checksum =
        connection instanceof JarURLConnection jar
            ? jar.getJarEntry().getCrc()
            : connection.getContentLengthLong();
    Path home =
        cache
            .toAbsolutePath()
            .resolve("%s-%08x".formatted(archive.substring(0, archive.length() - 4), checksum));
    if (!Files.isDirectory(home)) {
      Files.createDirectories(cache);
      Path partial = Files.createTempDirectory(cache, "unpacking-");
      try {
        unpack(connection, partial);
        Files.move(partial, home, ATOMIC_MOVE);
      } catch (FileSystemException e) {
        if (!Files.isDirectory(home)) {
          throw e;
        }
      } finally {
        deleteTree(partial);
      }
    }
    return new PostgresBinaries(home.toRealPath());
  }

  /** Where programs are unpacked by default: {@code $XDG_CACHE_HOME} or {@code ~/.cache}. */
  static Path userCache() {
    String caches = System.getenv("XDG_CACHE_HOME");
    return caches == null || caches.isEmpty()
        ? Path.of(System.getProperty("user.home"), ".cache", "postern")
        : Path.of(caches, "postern");
  }

  /**
   * A process to start: {@code postgres}, {@code initdb} or {@code pg_ctl} with these arguments,
   * and with nothing of the user's PostgreSQL environment or locale. Every step before the program
   * itself is an {@code exec}, so the process id is the program's.
   */
  ProcessBuilder command(String program, List<String> arguments) {
    List<String> command = new ArrayList<>();
    if (operatingSystem().equals("linux")) {
      // In the terminal's process group the server would stop on the Ctrl-C that is meant for us,
      // before its clients here have finished.
      command.add("setsid");
      if ("root".equals(System.getProperty("user.name"))) {
        // PostgreSQL refuses to run as root. It runs as nobody then, with the one capability it
        // needs where data and programs are below a directory only root may enter. The securebit
        // makes access(2) honour that capability as open(2) does.
        command.addAll(
            List.of(
                "setpriv",
                "--reuid=65534",
                "--regid=65534",
                "--clear-groups",
                "--securebits=+no_setuid_fixup",
                "--inh-caps=+dac_override",
                "--ambient-caps=+dac_override"));
      }
    }
    command.add(home.resolve("bin").resolve(program).toString());
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().keySet().removeIf(name -> name.startsWith("PG"));
    builder.environment().put("LC_ALL", "C");
    builder.redirectInput(new File("/dev/null"));
    builder.redirectErrorStream(true);
    return builder;
  }

  /** Deletes what it can of a directory, and leaves the rest to a later attempt. */
  static void deleteTree(Path directory) {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(directory)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException | UncheckedIOException e) {
      LOG.debug("Could not delete {}", directory, e);
    }
  }

  /** Brings a file or directory to the disk, so that a rename that follows cannot outrun it. */
  static void force(Path path) throws IOException {
    try (FileChannel file = FileChannel.open(path, READ)) {
      file.force(true);
    }
  }

  private static void unpack(URLConnection archive, Path target) throws IOException {
    try (TarArchiveInputStream tar =
        new TarArchiveInputStream(
            new XZInputStream(new BufferedInputStream(archive.getInputStream())))) {
      for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
        Path path = target.resolve(entry.getName()).normalize();
        if (!path.startsWith(target)) {
          throw new IOException("Archive entry outside its directory: " + entry.getName());
        }
        Files.createDirectories(entry.isDirectory() ? path : path.resolveSibling("."));
        if (entry.isSymbolicLink()) {
          Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
        } else if (entry.isFile()) {
          Files.copy(tar, path);
          if ((entry.getMode() & 0100) != 0 && !path.toFile().setExecutable(true)) {
            throw new IOException("Cannot make executable: " + path);
          }
          force(path);
        }
      }
    }
  }

  private static String operatingSystem() {
    return System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("mac")
        ? "darwin"
        : System.getProperty("os.name").toLowerCase(Locale.ROOT);
  }

  private static String architecture() {
    return System.getProperty("os.arch").equals("aarch64") ? "arm_64" : "x86_64";
  }
}
