package io.postern.command;

import io.postern.GatewaySettings;
import io.postern.tracing.TracingSettings;
import java.net.URI;
import org.jspecify.annotations.Nullable;
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

  @Option(
      names = "--otlp-endpoint",
      paramLabel = "URL",
      description =
          "Where traces are sent by OTLP over HTTP, such as http://collector:4318. Default: they"
              + " are not recorded")
  @Nullable String otlpEndpoint;

  @Option(
      names = "--trace-sampling",
      paramLabel = "RATIO",
      defaultValue = "0.01",
      description =
          "The part of the requests that is recorded, 0 to 1, unless their traceparent says whether"
              + " they are. Default: ${DEFAULT-VALUE}")
  double traceSampling = 0.01;

  /**
   * The settings, checked.
   *
   * @throws SettingException naming the first bad one
   */
  GatewaySettings.Telemetry telemetry() {
    return new GatewaySettings.Telemetry(accessLog, tracing());
  }

  private @Nullable TracingSettings tracing() {
    URI endpoint =
        otlpEndpoint == null
            ? null
            : GatewayOptions.parse(
                "POSTERN_OTLP_ENDPOINT", otlpEndpoint, TracingSettings::endpoint);
    if (!(traceSampling >= 0 && traceSampling <= 1)) {
      throw new SettingException("POSTERN_TRACE_SAMPLING", traceSampling + " is not from 0 to 1");
    }
    return endpoint == null ? null : new TracingSettings(endpoint, traceSampling);
  }
}
