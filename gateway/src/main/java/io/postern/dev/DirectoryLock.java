package io.postern.dev;

import static java.nio.file.StandardOpenOption.CREATE;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The right of one process to use a directory, kept with an operating system lock on its file
 * {@code lock}. It ends with the process, however that ends, and no child process inherits it. The
 * file itself stays: removing it would let two processes lock two files of the same name.
 */
final class DirectoryLock implements AutoCloseable {
  // POSIX drops all locks a process has on a file as soon as the process closes any descriptor of
  // it. A second attempt within this process must therefore fail before it opens the file.
  private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

  private final Path directory;
  private final FileChannel channel;

  private DirectoryLock(Path directory, FileChannel channel) {
    this.directory = directory;
    this.channel = channel;
  }

  /**
   * Locks an existing directory, given by its real path.
   *
   * @throws EmbeddedPostgres.DirectoryInUseException if this or another process has it locked
   */
  static DirectoryLock acquire(Path directory) throws IOException {
    if (!HELD_HERE.add(directory)) {
      throw new EmbeddedPostgres.DirectoryInUseException(directory);
    }
    FileChannel channel = null;
    try {
      channel = FileChannel.open(directory.resolve("lock"), CREATE, WRITE);
      if (channel.tryLock() == null) {
        throw new EmbeddedPostgres.DirectoryInUseException(directory);
      }
      return new DirectoryLock(directory, channel);
    } catch (IOException | RuntimeException e) {
      if (channel != null) {
        channel.close();
      }
      HELD_HERE.remove(directory);
      throw e;
    }
  }

  /** Gives the directory up. To be called once. */
  @Override
  public void close() throws IOException {
    try {
      channel.close();
    } finally {
      HELD_HERE.remove(directory);
    }
  }
}
