package io.postern.tls;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerOptions;
import java.time.Clock;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The TLS of one listener. When its files change and fit together, new connections get what they
 * say; those that are open go on. Until then, and when they do not fit, nothing changes.
 */
public final class ServerTls {
  private static final Logger LOG = LoggerFactory.getLogger(ServerTls.class);

  private final String listener;
  private final TlsFiles files;
  private final Clock clock;
  private final Counter reloads;
  private final Counter failures;
  private volatile @Nullable HttpServer server;
  private volatile TlsMaterial present;
  // what was wrong at the last look, and whether that was told; touched by reload alone
  private @Nullable String fault;
  private boolean told;

  /**
   * Reads the files.
   *
   * @param listener what the log and the metrics call it
   * @throws UnfitTlsFileException when no listener can use them
   */
  public ServerTls(String listener, TlsFiles files, MeterRegistry meters, Clock clock)
      throws UnfitTlsFileException {
    this.listener = listener;
    this.files = files;
    this.clock = clock;
    this.present = TlsMaterial.read(files);
    Gauge.builder("postern.tls.certificate.not.after", this, tls -> epochSeconds(tls.present))
        .description("When the first certificate of the chain expires, in seconds since 1970")
        .baseUnit("seconds")
        .tag("listener", listener)
        .register(meters);
    this.reloads = counter(meters, "taken");
    this.failures = counter(meters, "failed");
    warnOfTime(present);
  }

  private Counter counter(MeterRegistry meters, String outcome) {
    return Counter.builder("postern.tls.reloads")
        .description("Changes of the TLS files that were seen, by what became of them")
        .tag("listener", listener)
        .tag("outcome", outcome)
        .register(meters);
  }

  private static double epochSeconds(TlsMaterial material) {
    return material.notAfter().getEpochSecond();
  }

  /** Makes a listener with these options speak TLS: HTTP/2 and HTTP/1.1, by ALPN. */
  public HttpServerOptions applyTo(HttpServerOptions options) {
    options.setSsl(true).setUseAlpn(true);
    present.configure(options.getSslOptions());
    return options;
  }

  /** Names the server to tell; of several that share a port, any one is all of them. */
  public void serve(HttpServer listening) {
    server = listening;
  }

  /**
   * Looks at the files. What is wrong is told when it is still so at the second look: until then
   * somebody may be about to write the second of two files. May wait; not on an event loop.
   */
  public void reload() {
    HttpServer listening = server;
    if (listening == null) {
      return;
    }
    try {
      TlsMaterial next = present.readAgain(files);
      if (next != present) {
        listening.updateSSLOptions(next.options()).await();
        present = next;
        reloads.increment();
        LOG.info("The {} listener has a new certificate: {}", listener, next);
        warnOfTime(next);
      }
      fault = null;
      told = false;
    } catch (UnfitTlsFileException e) {
      noteFault(String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      noteFault("Vert.x refuses the files: " + e);
    }
  }

  private void noteFault(String message) {
    if (!message.equals(fault)) {
      fault = message;
      told = false;
    } else if (!told) {
      told = true;
      failures.increment();
      LOG.warn("The {} listener keeps its certificate, {}: {}", listener, present, message);
    }
  }

  private void warnOfTime(TlsMaterial material) {
    Instant now = clock.instant();
    if (now.isAfter(material.notAfter())) {
      LOG.warn("The {} listener's certificate has expired: {}", listener, material);
    } else if (now.isBefore(material.notBefore())) {
      LOG.warn(
          "The {} listener's certificate is not valid before {}", listener, material.notBefore());
    }
  }
}
