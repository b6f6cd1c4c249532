package io.postern.http;

import com.sun.management.OperatingSystemMXBean;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmInfoMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.postern.crypto.CryptoProvider;
import io.postern.index.GrantIndex;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.lang.management.ManagementFactory;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * What the gateway is and how its parts are, in the Prometheus text format 0.0.4 or OpenMetrics
 * 1.0.0.
 */
public final class MetricsEndpoint implements AutoCloseable {
  private static final String TEXT_TYPE = "text/plain; version=0.0.4; charset=utf-8";
  private static final String OPEN_METRICS = "application/openmetrics-text";
  private static final String OPEN_METRICS_TYPE = OPEN_METRICS + "; version=1.0.0; charset=utf-8";

  private final PrometheusMeterRegistry registry;
  private final JvmGcMetrics collections = new JvmGcMetrics();

  /**
   * @param registry what is shown
   * @param version of this gateway
   */
  public MetricsEndpoint(
      PrometheusMeterRegistry registry,
      GrantIndex index,
      CryptoProvider crypto,
      String version,
      Clock clock) {
    this.registry = registry;
    Gauge.builder("postern.build.info", () -> 1)
        .description("The version of this gateway")
        .tag("version", version)
        .register(registry);
    Gauge.builder("postern.crypto.provider.info", () -> 1)
        .description("What signs and verifies")
        .tag("provider", crypto.name())
        .tag("version", crypto.version())
        .register(registry);
    Gauge.builder("postern.index.revision", () -> index.image().revision().number())
        .description("The revision that requests are answered by")
        .register(registry);
    Gauge.builder("postern.index.clients", () -> index.image().clientCount())
        .description("Clients in the index")
        .register(registry);
    Gauge.builder("postern.index.staleness", () -> stalenessSeconds(index))
        .description("Since the database last confirmed the index; NaN before it did")
        .baseUnit("seconds")
        .register(registry);
    SigningKeyMetrics.register(registry, index, clock);
  }

  /** Where the parts of the gateway register what they measure. */
  public MeterRegistry meters() {
    return registry;
  }

  /** What they are exposed by. */
  public PrometheusRegistry prometheus() {
    return registry.getPrometheusRegistry();
  }

  /** Adds what the public listener has open and turns away. */
  public void addTraffic(Traffic traffic) {
    Gauge.builder("postern.http.connections", traffic, Traffic::connections)
        .description("Open connections of the public listener")
        .register(registry);
    FunctionCounter.builder(
            "postern.http.connections.refused", traffic, Traffic::refusedConnections)
        .description("Connections closed at once, as there were too many")
        .register(registry);
    FunctionCounter.builder("postern.http.requests.shed", traffic, Traffic::shedRequests)
        .description("Token requests answered with 503, as too many waited")
        .register(registry);
  }

  /** Adds the JVM's own. Loads its management classes, which nobody needs to wait for. */
  public void addJvm() {
    new JvmMemoryMetrics().bindTo(registry);
    new JvmThreadMetrics().bindTo(registry);
    new ProcessorMetrics().bindTo(registry);
    if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
      // in seconds, as Prometheus' own clients have it, instead of Micrometer's nanoseconds
      FunctionCounter.builder("process.cpu", system, MetricsEndpoint::cpuSeconds)
          .baseUnit("seconds")
          .description("Time that all cores have worked for this process")
          .register(registry);
    }
    collections.bindTo(registry);
    new FileDescriptorMetrics().bindTo(registry);
    new UptimeMetrics().bindTo(registry);
    new JvmInfoMetrics().bindTo(registry);
  }

  /** Binds the route. */
  public void mount(Router router) {
    Answers.route(router, "/metrics").handler(this::answer);
  }

  @Override
  public void close() {
    collections.close();
  }

  // OpenMetrics for who asks for it: the format that has exemplars
  private void answer(RoutingContext context) {
    String accept = context.request().getHeader(HttpHeaders.ACCEPT);
    String type = accept != null && accept.contains(OPEN_METRICS) ? OPEN_METRICS_TYPE : TEXT_TYPE;
    context
        .response()
        .putHeader(HttpHeaders.CONTENT_TYPE, type)
        .putHeader(HttpHeaders.VARY, HttpHeaders.ACCEPT);
    Answers.end(context.request(), Buffer.buffer(registry.scrape(type)));
  }

  private static double cpuSeconds(OperatingSystemMXBean system) {
    return (double) system.getProcessCpuTime() / TimeUnit.SECONDS.toNanos(1);
  }

  private static double stalenessSeconds(GrantIndex index) {
    Duration staleness = index.staleness(System.nanoTime());
    return staleness.compareTo(GrantIndex.NEVER_CONFIRMED) < 0
        ? (double) staleness.toNanos() / TimeUnit.SECONDS.toNanos(1)
        : Double.NaN;
  }
}
