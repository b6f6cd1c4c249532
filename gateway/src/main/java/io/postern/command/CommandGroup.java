package io.postern.command;

import java.util.List;
import picocli.CommandLine.Command;
import picocli.CommandLine.IModelTransformer;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** A command that has only subcommands, and says which. */
@Command(modelTransformer = CommandGroup.Commands.class)
abstract class CommandGroup implements Runnable {
  @Spec private CommandSpec spec;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help message and exit.")
  boolean help;

  /** Its commands, in the order in which help shows them. */
  abstract List<CommandSpec> commands();

  /** A command that is called so, and does what an object with options and parameters does. */
  static CommandSpec command(String name, String description, Object command) {
    CommandSpec spec = CommandSpec.forAnnotatedObject(command).name(name);
    spec.usageMessage().description(description);
    return spec;
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  /** Gives a group its commands. */
  static final class Commands implements IModelTransformer {
    @Override
    public CommandSpec transform(CommandSpec group) {
      // a group within a group comes here twice
      if (group.subcommands().isEmpty()) {
        for (CommandSpec command : ((CommandGroup) group.userObject()).commands()) {
          group.addSubcommand(command.name(), command);
        }
      }
      return group;
    }
  }
}
