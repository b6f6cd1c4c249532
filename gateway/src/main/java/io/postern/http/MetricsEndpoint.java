package io.postern.http;

import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.postern.crypto.CryptoProvider;
import io.postern.index.GrantIndex;
import io.vertx.core.http.HttpHeaders;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.RoutingContext;
import java.time.Clock;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** What the gateway is and how its index and its JVM are, in the Prometheus text format 0.0.4. */
public final class MetricsEndpoint implements AutoCloseable {
  private static final String CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

  private final PrometheusMeterRegistry registry =
      new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
  private final JvmGcMetrics collections = new JvmGcMetrics();

  /**
   * @param version of this gateway
   */
  public MetricsEndpoint(GrantIndex index, CryptoProvider crypto, String version, Clock clock) {
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
    collections.bindTo(registry);
  }

  /** Binds the route. */
  public void mount(Router router) {
    router.get("/metrics").handler(this::answer);
  }

  @Override
  public void close() {
    collections.close();
    registry.close();
  }

  private void answer(RoutingContext context) {
    context
        .response()
        .putHeader(HttpHeaders.CONTENT_TYPE, CONTENT_TYPE)
        .end(registry.scrape(CONTENT_TYPE));
  }

  private static double stalenessSeconds(GrantIndex index) {
    Duration staleness = index.staleness(System.nanoTime());
    return staleness.compareTo(GrantIndex.NEVER_CONFIRMED) < 0
        ? (double) staleness.toNanos() / TimeUnit.SECONDS.toNanos(1)
        : Double.NaN;
  }
}
