package io.postern.logging;

import picocli.CommandLine.Option;

/** How and what a command logs, on stderr. */
public final class LoggingOptions {
  @Option(
      names = "--log-format",
      paramLabel = "FORMAT",
      defaultValue = "text",
      description =
          "How the log on stderr looks: text, or json, one object a line. Default:"
              + " ${DEFAULT-VALUE}")
  LogOutput.Format format = LogOutput.Format.TEXT;

  @Option(
      names = "--log-level",
      paramLabel = "LEVEL",
      defaultValue = "info",
      description =
          "The least that is logged: error, warn, info, debug or trace. Default:"
              + " ${DEFAULT-VALUE}")
  LogOutput.Threshold level = LogOutput.Threshold.INFO;

  /** Has the log be so from now on. */
  public void apply() {
    LogOutput.configure(format, level);
  }
}
