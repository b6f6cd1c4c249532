package io.postern.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What the suite has seen, a line for each thing: on stdout and in a file. */
final class FaultReport {
  private static final Path FILE = Path.of("target", "faults", "report.txt");

  private FaultReport() {}

  static synchronized void line(String text) {
    System.out.println("[faults] " + text);
    try {
      Files.createDirectories(FILE.getParent());
      Files.writeString(FILE, text + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
