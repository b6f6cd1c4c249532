package io.postern.tracing;

import io.postern.setting.SettingException;
import io.postern.setting.Settings;
import java.net.URI;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Which requests are traced, and where traces go. */
public final class TracingOptions {
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
   * The settings, checked; null when there are to be no traces.
   *
   * @throws SettingException naming the first bad one
   */
  public @Nullable TracingSettings settings() {
    URI endpoint =
        otlpEndpoint == null
            ? null
            : Settings.parse("POSTERN_OTLP_ENDPOINT", otlpEndpoint, TracingSettings::endpoint);
    if (!(traceSampling >= 0 && traceSampling <= 1)) {
      throw new SettingException("POSTERN_TRACE_SAMPLING", traceSampling + " is not from 0 to 1");
    }
    return endpoint == null ? null : new TracingSettings(endpoint, traceSampling);
  }
}
