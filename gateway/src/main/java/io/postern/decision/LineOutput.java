package io.postern.decision;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Where lines go: a file that others may move away, or standard output. Confined to one thread. */
abstract sealed class LineOutput {

  /** The channel to write to now. */
  abstract FileChannel channel() throws IOException;

  /** Ends the writing. */
  abstract void close() throws IOException;

  /** What reports call it. */
  @Override
  public abstract String toString();

  static LineOutput stdout() {
    return new Stdout();
  }

  /** Opens a file, which is made unless it is there. */
  static LineOutput file(Path path) {
    try {
      return new AppendedFile(path);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static final class Stdout extends LineOutput {
    // never closed: it is the process's
    private final FileChannel channel = new FileOutputStream(FileDescriptor.out).getChannel();

    @Override
    FileChannel channel() {
      return channel;
    }

    @Override
    void close() {}

    @Override
    public String toString() {
      return "standard output";
    }
  }

  /**
   * A file that is appended to. Once its path is no longer that of the open file, as it was renamed
   * or removed, the path is opened anew: whoever rotates files needs to tell nobody.
   */
  private static final class AppendedFile extends LineOutput {
    private static final Set<StandardOpenOption> APPEND =
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND);

    private final Path path;
    private FileChannel channel;
    private @Nullable Object key;

    AppendedFile(Path path) throws IOException {
      this.path = path;
      this.channel = open();
      this.key = keyOf(path);
    }

    @Override
    FileChannel channel() throws IOException {
      Object present = keyOf(path);
      if (present == null || !Objects.equals(present, key) || !channel.isOpen()) {
        FileChannel before = channel;
        channel = open();
        key = keyOf(path);
        before.close();
      }
      return channel;
    }

    // who asked for which token from where is not for everybody on the machine
    private FileChannel open() throws IOException {
      return FileChannel.open(
          path,
          APPEND,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-r-----")));
    }

    // device and inode
    private static @Nullable Object keyOf(Path path) throws IOException {
      try {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
      } catch (NoSuchFileException e) {
        return null;
      }
    }

    @Override
    void close() throws IOException {
      channel.close();
    }

    @Override
    public String toString() {
      return path.toString();
    }
  }
}
