package io.postern.command;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/**
 * Standard output that remembers why it could not be written, which the JDK's streams for text keep
 * to themselves.
 */
final class CheckedOutput extends FilterOutputStream {
  private static final int FAILED = 1;

  private volatile @Nullable IOException failure;

  CheckedOutput(OutputStream out) {
    super(out);
  }

  /** Takes the place of the process's standard output. */
  static CheckedOutput install() {
    CheckedOutput output = new CheckedOutput(new FileOutputStream(FileDescriptor.out));
    System.setOut(new PrintStream(new BufferedOutputStream(output), true, System.out.charset()));
    return output;
  }

  /** Lets a command write here, and know of a failure by its writer's {@code checkError}. */
  void use(CommandLine command) {
    command.setOut(new PrintWriter(this, true, System.out.charset()));
  }

  /**
   * The exit status of a command that has ended, of one that could not say all that it had to say a
   * failure; tells the reason, but for a reader that has had enough ({@code | head}).
   */
  int check(int status) {
    System.out.flush();
    IOException reason = failure;
    if (reason == null) {
      return status;
    }
    // also after a failure: the command may have said what is lost, it does not know why
    if (!String.valueOf(reason.getMessage()).equals("Broken pipe")) {
      System.err.println("postern: standard output cannot be written: " + reason.getMessage());
    }
    return FAILED;
  }

  @Override
  public void write(int b) throws IOException {
    write(new byte[] {(byte) b}, 0, 1);
  }

  @Override
  public void write(byte[] bytes, int offset, int length) throws IOException {
    try {
      out.write(bytes, offset, length);
    } catch (IOException e) {
      failure = e;
      throw e;
    }
  }
}
