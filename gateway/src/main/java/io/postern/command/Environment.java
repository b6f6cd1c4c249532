package io.postern.command;

import io.postern.setting.SettingException;
import io.postern.setting.Settings;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Settings from the environment: {@code --http-port} is {@code POSTERN_HTTP_PORT}. A flag wins over
 * a variable. Service links of Kubernetes are none.
 */
final class Environment implements IDefaultValueProvider {
  // Read by bin/postern.
  private static final Set<String> LAUNCHER = Set.of("POSTERN_JAVA_HOME", "POSTERN_JAVA_OPTS");
  private final Map<String, String> variables;

  Environment(Map<String, String> variables) {
    this.variables = variables;
  }

  /** The variables that a command was started with. */
  static Map<String, String> of(CommandSpec command) {
    return command.commandLine().getDefaultValueProvider() instanceof Environment environment
        ? environment.variables
        : Map.of();
  }

  @Override
  public @Nullable String defaultValue(ArgSpec arg) {
    if (!(arg instanceof OptionSpec option) || option.usageHelp() || option.versionHelp()) {
      return null;
    }
    String variable = Settings.variableOf(option.longestName());
    String value = variables.get(variable);
    return value == null || ServiceLinks.isCertainlyLink(variable, value, variables) ? null : value;
  }

  /** Whether there are variables that no option of these reads. */
  boolean hasUnknown(Set<String> options) {
    return !unknown(options).isEmpty();
  }

  /**
   * Refuses variables that no option reads, so that a slip in a name does not go unseen.
   *
   * @param options the names of all options of all commands
   */
  void refuseUnknown(Set<String> options) {
    SortedSet<String> unknown = unknown(options);
    if (!unknown.isEmpty()) {
      throw new SettingException(
          unknown.getFirst(), "there is no such setting; see postern serve --help");
    }
  }

  private SortedSet<String> unknown(Set<String> options) {
    Set<String> known = options.stream().map(Settings::variableOf).collect(Collectors.toSet());
    return variables.entrySet().stream()
        .filter(variable -> !ServiceLinks.isLink(variable.getKey(), variable.getValue()))
        .map(Map.Entry::getKey)
        .filter(name -> name.startsWith(Settings.PREFIX) && !LAUNCHER.contains(name))
        .filter(name -> !known.contains(name))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
