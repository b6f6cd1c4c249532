package io.postern.tracing;

import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.propagation.ContextPropagators;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.OpenTelemetrySdk;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.SpanLimits;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import io.vertx.core.VertxBuilder;
import io.vertx.tracing.opentelemetry.OpenTelemetryTracingFactory;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The traces of a process, off unless there are settings. Spans wait in a bounded queue and go out
 * on a thread of their own; what does not fit, or finds no receiver, is dropped. Thread-safe.
 */
public final class Tracing implements AutoCloseable {
  /** Records nothing, and loads nothing. */
  public static final Tracing OFF = new Tracing(null);

  private static final Duration EXPORT_TIMEOUT = Duration.ofSeconds(5);
  private static final Duration INTERVAL = Duration.ofSeconds(1);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(3);
  private static final int LONGEST_VALUE = 1024;

  private final @Nullable OpenTelemetrySdk sdk;

  private Tracing(@Nullable OpenTelemetrySdk sdk) {
    this.sdk = sdk;
  }

  /**
   * Begins to record.
   *
   * @param settings null for {@link #OFF}
   * @param version of this gateway
   */
  public static Tracing start(@Nullable TracingSettings settings, String version) {
    if (settings == null) {
      return OFF;
    }
    OtlpHttpSpanExporter exporter =
        OtlpHttpSpanExporter.builder()
            .setEndpoint(settings.endpoint().toString())
            .setTimeout(EXPORT_TIMEOUT)
            .build();
    SdkTracerProvider provider =
        SdkTracerProvider.builder()
            .setResource(
                Resource.getDefault()
                    .merge(
                        Resource.create(
                            Attributes.builder()
                                .put("service.name", "postern")
                                .put("service.version", version)
                                .build())))
            .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(settings.sampling())))
            .setSpanLimits(SpanLimits.builder().setMaxAttributeValueLength(LONGEST_VALUE).build())
            .addSpanProcessor(
                BatchSpanProcessor.builder(new QuerylessSpans(exporter))
                    .setScheduleDelay(INTERVAL)
                    .setExporterTimeout(EXPORT_TIMEOUT)
                    .build())
            .build();
    return new Tracing(
        OpenTelemetrySdk.builder()
            .setTracerProvider(provider)
            .setPropagators(ContextPropagators.create(W3CTraceContextPropagator.getInstance()))
            .build());
  }

  /** Has a Vert.x record what it is not told to ignore. */
  public VertxBuilder addTo(VertxBuilder builder) {
    return sdk == null ? builder : builder.withTracer(new OpenTelemetryTracingFactory(sdk));
  }

  /** What records token requests. */
  public TokenSpans tokenSpans() {
    return sdk == null ? TokenSpans.NONE : new TokenSpans(sdk.getTracer("io.postern"));
  }

  /** Sends what was recorded, for a few seconds at most. */
  @Override
  public void close() {
    if (sdk != null) {
      sdk.getSdkTracerProvider().shutdown().join(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
    }
  }
}
