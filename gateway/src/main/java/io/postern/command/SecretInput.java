package io.postern.command;

import io.postern.cli.CommandFailedException;
import io.postern.setting.InputFile;
import java.io.Console;
import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/**
 * A secret that a command is given: from a file, standard input, or a person who types it unseen.
 * Never from an argument, which the shell's history and the list of processes keep.
 */
final class SecretInput {
  @Option(
      names = "--value-file",
      paramLabel = "FILE",
      description =
          "The file that holds the value; - for standard input. Default: it is asked for, unseen.")
  @Nullable Path file;

  /**
   * Reads it.
   *
   * @param what a person is asked for
   */
  String read(String what) {
    String value = file == null ? ask(what) : read(file);
    if (value.isEmpty()) {
      throw new CommandFailedException(
          file == null ? "no value was typed" : InputFile.name(file) + " is empty");
    }
    return value;
  }

  private static String read(Path file) {
    try {
      return InputFile.read(file);
    } catch (IOException e) {
      throw new CommandFailedException(InputFile.unreadable(file, e));
    }
  }

  private static String ask(String what) {
    Console console = Terminal.console();
    if (console == null) {
      throw new CommandFailedException(
          "there is no terminal to ask at; give the value by --value-file FILE, or - for standard"
              + " input");
    }
    char[] typed = console.readPassword("%s: ", what);
    return typed == null ? "" : new String(typed).strip();
  }
}
