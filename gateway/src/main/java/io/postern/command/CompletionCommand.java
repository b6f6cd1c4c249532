package io.postern.command;

import java.util.Map;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code postern completion}. */
@Command(
    mixinStandardHelpOptions = true,
    description = "Prints what lets bash and zsh complete commands: source <(postern completion)")
final class CompletionCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    CommandLine root = Postern.commandLine(Map.of());
    spec.commandLine().getOut().println(AutoComplete.bash("postern", root));
    return 0;
  }
}
