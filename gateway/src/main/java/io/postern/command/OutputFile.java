package io.postern.command;

import java.io.IOException;
import java.io.OutputStream;
import java.io.Writer;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A file that a command writes: where it can be, the new content whole, or as it was. */
final class OutputFile {
  private static final Set<PosixFilePermission> LESS_THE_UMASK =
      PosixFilePermissions.fromString("rw-rw-rw-");

  private OutputFile() {}

  /** What writes the content. */
  interface Content {
    void writeTo(Writer writer) throws IOException;
  }

  /**
   * Writes a file. It keeps its mode and owner, and a link keeps leading to it. What cannot be
   * replaced is written in place: a device, a pipe, what has several names, is another's, is
   * mounted by itself, or lies in a folder that takes no other file.
   */
  static void write(Path file, Content content) throws IOException {
    Path target = Files.isRegularFile(file) ? file.toRealPath() : file;
    Path draft = isReplaceable(target) ? findDraft(target) : null;
    if (draft == null) {
      writeInPlace(target, content);
      return;
    }
    try {
      writeInPlace(draft, content);
      replace(target, draft);
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

  /** A new file that can take the place of another; null if none can. */
  private static @Nullable Path findDraft(Path target) throws IOException {
    Path draft;
    try {
      draft =
          Files.createTempFile(
              target.toAbsolutePath().getParent(),
              "." + target.getFileName(),
              ".new",
              PosixFilePermissions.asFileAttribute(LESS_THE_UMASK));
    } catch (FileSystemException e) {
      if (Files.exists(target)) {
        return null;
      }
      throw e;
    }
    if (Files.exists(target)) {
      PosixFileAttributes old = Files.readAttributes(target, PosixFileAttributes.class);
      PosixFileAttributes made = Files.readAttributes(draft, PosixFileAttributes.class);
      if (!old.owner().equals(made.owner()) || !old.group().equals(made.group())) {
        Files.delete(draft);
        return null;
      }
      Files.setPosixFilePermissions(draft, old.permissions());
    }
    return draft;
  }

  private static void replace(Path target, Path draft) throws IOException {
    try {
      Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
    } catch (FileSystemException e) {
      if (!Files.exists(target)) {
        throw e;
      }
      try (OutputStream out = Files.newOutputStream(target)) {
        Files.copy(draft, out);
      }
    }
  }
}
