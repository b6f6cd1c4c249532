package io.postern.command;

import io.postern.GatewaySettings;
import picocli.CommandLine.Option;

/** What a gateway tells of each request. */
final class TelemetryOptions {
  @Option(
      names = "--access-log",
      paramLabel = "BOOLEAN",
      arity = "0..1",
      fallbackValue = "true",
      defaultValue = "false",
      description =
          "Whether the log has a line for each request: true or false. Default: ${DEFAULT-VALUE}")
  boolean accessLog;

  GatewaySettings.Telemetry telemetry() {
    return new GatewaySettings.Telemetry(accessLog);
  }
}
