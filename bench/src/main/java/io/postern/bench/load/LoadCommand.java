package io.postern.bench.load;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The {@code bench/load} command. */
@Command(
    name = "load",
    description = "Measures a whole gateway in a process of its own.",
    mixinStandardHelpOptions = true,
    subcommands = {RunCommand.class, ColdCommand.class, ClientCommand.class})
public final class LoadCommand implements Runnable {
  @Spec private CommandSpec spec;

  /** Exits with 0, with 1 when the measurement failed, with 2 for a bad option. */
  public static void main(String[] args) {
    System.exit(run(args));
  }

  static int run(String... args) {
    return new CommandLine(new LoadCommand())
        .setExecutionExceptionHandler(
            (e, command, result) -> {
              if (e instanceof LoadException) {
                command.getErr().println("load: " + e.getMessage());
                return command.getCommandSpec().exitCodeOnExecutionException();
              }
              throw e;
            })
        .execute(args);
  }

  @Override
  public void run() {
    throw new ParameterException(spec.commandLine(), "a subcommand is needed");
  }
}
