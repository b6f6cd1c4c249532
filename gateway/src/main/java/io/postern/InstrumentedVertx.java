package io.postern;

import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.postern.tracing.Tracing;
import io.vertx.core.Vertx;
import io.vertx.core.VertxBuilder;
import io.vertx.core.VertxOptions;
import io.vertx.core.file.FileSystemOptions;
import io.vertx.micrometer.Label;
import io.vertx.micrometer.MetricsDomain;
import io.vertx.micrometer.MicrometerMetricsFactory;
import io.vertx.micrometer.MicrometerMetricsOptions;
import java.util.Arrays;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * A Vert.x with what it is watched by: its pools by meters, its requests by traces. Of its other
 * meters none is made: they cost something for each request, and tell what Postern's own do.
 *
 * @param meters where the parts of the gateway register theirs, too
 */
public record InstrumentedVertx(Vertx vertx, PrometheusMeterRegistry meters, Tracing tracing)
    implements AutoCloseable {

  /** Makes one with as many event loops as the settings say. */
  public static InstrumentedVertx start(GatewaySettings settings) {
    PrometheusMeterRegistry meters = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    // Micrometer's, in nanoseconds; MetricsEndpoint has it in seconds
    meters.config().meterFilter(MeterFilter.denyNameStartsWith("process.cpu.time"));
    Tracing tracing = Tracing.start(settings.tracing(), Version.current());
    VertxBuilder builder =
        Vertx.builder()
            .with(
                withoutFiles()
                    .setEventLoopPoolSize(settings.listeners().eventLoops())
                    .setMetricsOptions(poolsOnly()))
            .withMetrics(new MicrometerMetricsFactory(meters));
    return new InstrumentedVertx(tracing.addTo(builder).build(), meters, tracing);
  }

  /**
   * Options of a Vert.x that finds no files on the class path: it would make a temporary folder for
   * them, which a killed process leaves behind.
   */
  public static VertxOptions withoutFiles() {
    return new VertxOptions()
        .setFileSystemOptions(
            new FileSystemOptions()
                .setClassPathResolvingEnabled(false)
                .setFileCachingEnabled(false));
  }

  private static MicrometerMetricsOptions poolsOnly() {
    Set<String> others =
        Arrays.stream(MetricsDomain.values())
            .filter(domain -> domain != MetricsDomain.NAMED_POOLS)
            .map(MetricsDomain::toCategory)
            .collect(Collectors.toSet());
    return new MicrometerMetricsOptions()
        .setEnabled(true)
        // one for all of the same name, in a process; the tests have several gateways
        .setRegistryName(UUID.randomUUID().toString())
        .setLabels(Set.of(Label.POOL_TYPE, Label.POOL_NAME))
        .setDisabledMetricsCategories(others);
  }

  /** Ends all of it; what was recorded is sent, for a few seconds at most. */
  @Override
  public void close() {
    vertx.close().await();
    tracing.close();
    meters.close();
  }
}
