package io.postern.command;

import java.io.IOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;

/** A file that a command writes: the new content, whole, or as it was. */
final class OutputFile {
  private static final Set<PosixFilePermission> LESS_THE_UMASK =
      PosixFilePermissions.fromString("rw-rw-rw-");

  private OutputFile() {}

  /** What writes the content. */
  interface Content {
    void writeTo(Writer writer) throws IOException;
  }

  /**
   * Writes a file. It keeps its mode, and a link keeps leading to it; a device, a pipe or what has
   * several names is written in place.
   */
  static void write(Path file, Content content) throws IOException {
    Path target = Files.isRegularFile(file) ? file.toRealPath() : file;
    if (!isReplaceable(target)) {
      writeInPlace(target, content);
      return;
    }
    Path draft =
        Files.createTempFile(
            target.toAbsolutePath().getParent(),
            "." + target.getFileName(),
            ".new",
            PosixFilePermissions.asFileAttribute(LESS_THE_UMASK));
    try {
      if (Files.exists(target)) {
        Files.setPosixFilePermissions(draft, Files.getPosixFilePermissions(target));
      }
      writeInPlace(draft, content);
      Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  private static void writeInPlace(Path file, Content content) throws IOException {
    try (Writer writer = Files.newBufferedWriter(file)) {
      content.writeTo(writer);
    }
  }

  private static boolean isReplaceable(Path file) throws IOException {
    if (!Files.exists(file)) {
      // what a link leads to may be made, the link stays
      return !Files.isSymbolicLink(file);
    }
    return Files.isRegularFile(file) && (int) Files.getAttribute(file, "unix:nlink") == 1;
  }
}
