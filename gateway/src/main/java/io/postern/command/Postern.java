package io.postern.command;

import static java.util.Objects.requireNonNull;

import io.postern.Version;
import io.postern.cli.CommandFailedException;
import io.postern.setting.SettingException;
import io.postern.setting.Settings;
import io.postern.store.database.Schema;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.UnmatchedArgumentException;

/** The {@code postern} command. */
@Command(
    name = "postern",
    mixinStandardHelpOptions = true,
    versionProvider = Postern.Versions.class)
public final class Postern implements Runnable {
  private static final Set<String> VERSION = Set.of("--version", "-V");
  private static final Set<String> HELP = Set.of("--help", "-h");
  private static final String TEXT = "text";
  private static final char REPLACEMENT = '\uFFFD';
  private static final int BAD_USAGE = 2;
  private static final int FAILED = 1;

  @Spec private CommandSpec spec;

  /**
   * Runs a command.
   *
   * @param environment the variables that settings may come from
   * @return its exit status: 0, 1 when it failed, 2 for a bad or unknown setting
   */
  public static int run(String[] args, Map<String, String> environment) {
    CheckedOutput output = CheckedOutput.install();
    return output.check(run(args, environment, output::use));
  }

  /**
   * The same without a look at what became of its output.
   *
   * @param prepare is given the command line before it runs
   */
  static int run(String[] args, Map<String, String> environment, Consumer<CommandLine> prepare) {
    // these two as picocli would, which takes longer to load
    if (args.length == 1 && VERSION.contains(args[0])) {
      System.out.println(version());
      return 0;
    }
    if (args.length == 0 || (args.length == 1 && HELP.contains(args[0]))) {
      System.out.print(help());
      return 0;
    }
    String unreadable = unreadable(args, environment);
    if (unreadable != null) {
      System.err.println("postern: " + unreadable + " is not UTF-8");
      return BAD_USAGE;
    }
    String first = args[0];
    // of a file with arguments, nobody knows yet
    CommandLine commandLine =
        first.startsWith("@") ? commandLine(environment) : commandLine(first::equals, environment);
    prepare.accept(commandLine);
    int status = commandLine.execute(args);
    commandLine.getOut().flush();
    return status;
  }

  // not a constant: for help and the version, none of the classes is loaded
  private static List<Map.Entry<String, Class<?>>> subcommands() {
    return List.of(
        Map.entry("dev", DevCommand.class),
        Map.entry("serve", ServeCommand.class),
        Map.entry("migrate", MigrateCommand.class),
        Map.entry("rewrap-keys", RewrapKeysCommand.class),
        Map.entry("health", HealthCommand.class),
        Map.entry("apply", ApplyCommand.class),
        Map.entry("export", ExportCommand.class),
        Map.entry("agent", AgentCommand.class),
        Map.entry("service", ServiceCommand.class),
        Map.entry("grant", GrantCommand.class),
        Map.entry("credential", CredentialCommand.class),
        Map.entry("link", LinkCommand.class),
        Map.entry("revoke", RevokeCommand.class),
        Map.entry("revocations", RevocationsCommand.class),
        Map.entry("explain", ExplainCommand.class),
        Map.entry("decisions", DecisionsCommand.class),
        Map.entry("keys", KeysCommand.class),
        Map.entry("token", TokenCommand.class),
        Map.entry("completion", CompletionCommand.class));
  }

  /** With all commands. */
  static CommandLine commandLine(Map<String, String> environment) {
    return commandLine(_ -> true, environment);
  }

  // To make all commands takes longer than most of them run, so those that are not meant are only
  // names.
  private static CommandLine commandLine(Predicate<String> meant, Map<String, String> environment) {
    CommandLine commandLine = new CommandLine(new Postern());
    commandLine.setHelpSectionKeys(List.of(TEXT));
    commandLine.getHelpSectionMap().put(TEXT, ignored -> help());
    for (Map.Entry<String, Class<?>> command : subcommands()) {
      // as a command line of its own, or picocli passes over the transformers of groups
      commandLine.addSubcommand(
          command.getKey(),
          meant.test(command.getKey())
              ? new CommandLine(command.getValue())
              : CommandSpec.create().name(command.getKey()));
    }
    Environment settings = new Environment(environment);
    commandLine.setDefaultValueProvider(settings);
    commandLine.setColorScheme(Help.defaultColorScheme(Terminal.colours(environment)));
    commandLine.setCaseInsensitiveEnumValuesAllowed(true);
    commandLine.setParameterExceptionHandler(Postern::complain);
    commandLine.setExecutionExceptionHandler((e, command, result) -> complain(command, e));
    commandLine.setExecutionStrategy(
        result -> {
          Integer helped = CommandLine.executeHelpRequest(result);
          if (helped != null) {
            return helped;
          }
          try {
            if (result.hasSubcommand() && settings.hasUnknown(optionNames(commandLine))) {
              settings.refuseUnknown(optionNames(commandLine(environment)));
            }
          } catch (SettingException e) {
            return complain(commandLine, e);
          }
          return new CommandLine.RunLast().execute(result);
        });
    return commandLine;
  }

  /** The argument or setting that the JVM could not decode, if any; it has U+FFFD in its place. */
  private static @Nullable String unreadable(String[] args, Map<String, String> environment) {
    for (int i = 0; i < args.length; i++) {
      if (args[i].indexOf(REPLACEMENT) >= 0) {
        return "argument %d, \"%s\",".formatted(i + 1, args[i]);
      }
    }
    return environment.entrySet().stream()
        .filter(variable -> variable.getKey().startsWith("POSTERN_"))
        .filter(variable -> variable.getValue().indexOf(REPLACEMENT) >= 0)
        .map(Map.Entry::getKey)
        .findFirst()
        .orElse(null);
  }

  @Override
  public void run() {
    spec.commandLine().usage(spec.commandLine().getOut());
  }

  private static int complain(ParameterException e, String[] args) {
    // picocli names the flag; the value may have come from the variable
    if (e.getArgSpec() instanceof OptionSpec option) {
      String setting = Settings.variableOf(option.longestName());
      return complain(
          e.getCommandLine(), new SettingException(setting, String.valueOf(e.getMessage())));
    }
    String hyphenated = findHyphenated(e, args);
    return hyphenated == null
        ? complain(e.getCommandLine(), e)
        : complain(
            e.getCommandLine(),
            new ParameterException(
                e.getCommandLine(),
                "%s; what begins with a hyphen and is no option (%s) stands behind --"
                    .formatted(firstLine(e), hyphenated)));
  }

  /** What may have been meant for a parameter, and was taken for an option that there is not. */
  private static @Nullable String findHyphenated(ParameterException e, String[] args) {
    CommandSpec command = e.getCommandLine().getCommandSpec();
    boolean isAbout =
        e instanceof MissingParameterException || e instanceof UnmatchedArgumentException;
    if (!isAbout || command.positionalParameters().isEmpty()) {
      return null;
    }
    return Arrays.stream(args)
        .takeWhile(arg -> !arg.equals("--"))
        .filter(arg -> arg.startsWith("-") && arg.length() > 1)
        .filter(arg -> !command.optionsMap().containsKey(arg.split("=", 2)[0]))
        .findFirst()
        .orElse(null);
  }

  private static String firstLine(Exception e) {
    return String.valueOf(e.getMessage()).lines().findFirst().orElse("");
  }

  // One line for what the operator can mend; the rest, with its trace, is for the log.
  private static int complain(CommandLine command, Exception e) {
    if (e instanceof CommandFailedException) {
      command.getErr().println("postern: " + e.getMessage());
      return FAILED;
    }
    boolean isUsage = e instanceof ParameterException || e instanceof SettingException;
    boolean isKnown = e instanceof StartException || e instanceof Schema.SchemaException;
    if (!isUsage && !isKnown) {
      // not a constant: to set up the log takes longer than most commands run
      LoggerFactory.getLogger(Postern.class).error("The command failed", e);
    }
    command.getErr().println("postern: " + firstLine(e));
    return isUsage ? BAD_USAGE : FAILED;
  }

  private static Set<String> optionNames(CommandLine root) {
    return commands(root)
        .flatMap(command -> command.getCommandSpec().options().stream())
        .map(OptionSpec::longestName)
        .collect(Collectors.toSet());
  }

  private static Stream<CommandLine> commands(CommandLine root) {
    return Stream.concat(
        Stream.of(root), root.getSubcommands().values().stream().flatMap(Postern::commands));
  }

  private static String version() {
    return "postern " + Version.current();
  }

  /** What {@code postern --help} prints: the commands by what they are for. */
  static String help() {
    try (InputStream help = Postern.class.getResourceAsStream("help.txt")) {
      return new String(requireNonNull(help).readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Says the version. */
  static final class Versions implements IVersionProvider {
    @Override
    public String[] getVersion() {
      return new String[] {version()};
    }
  }
}
