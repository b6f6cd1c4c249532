package io.postern.command;

import io.postern.setting.SettingException;
import io.postern.setting.Settings;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.IDefaultValueProvider;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * Settings from the environment: {@code --http-port} is {@code POSTERN_HTTP_PORT}. A flag wins over
 * a variable.
 */
final class Environment implements IDefaultValueProvider {
  // Read by bin/postern.
  private static final Set<String> LAUNCHER = Set.of("POSTERN_JAVA_HOME", "POSTERN_JAVA_OPTS");
  // Kubernetes sets these for a Service that is called "postern".
  private static final Pattern SERVICE_LINK =
      Pattern.compile("POSTERN_(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT|PORT_\\d+_(TCP|UDP).*)");

  private final Map<String, String> variables;

  Environment(Map<String, String> variables) {
    this.variables = variables;
  }

  @Override
  public @Nullable String defaultValue(ArgSpec arg) {
    if (!(arg instanceof OptionSpec option) || option.usageHelp() || option.versionHelp()) {
      return null;
    }
    return variables.get(Settings.variableOf(option.longestName()));
  }

  /**
   * Refuses variables that no option reads, so that a slip in a name does not go unseen.
   *
   * @param options the names of all options of all commands
   */
  void refuseUnknown(Set<String> options) {
    Set<String> known = new TreeSet<>(LAUNCHER);
    for (String option : options) {
      known.add(Settings.variableOf(option));
    }
    for (String variable : new TreeSet<>(variables.keySet())) {
      if (variable.startsWith(Settings.PREFIX)
          && !known.contains(variable)
          && !SERVICE_LINK.matcher(variable).matches()) {
        throw new SettingException(variable, "there is no such setting; see postern serve --help");
      }
    }
  }
}
