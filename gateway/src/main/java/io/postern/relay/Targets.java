package io.postern.relay;

import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientOptions;
import io.vertx.core.net.SocketAddress;
import io.vertx.core.tracing.TracingPolicy;
import java.net.ConnectException;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/** What may be called outside, and who vouches for it. Thread-safe. */
public final class Targets {
  private final RelaySettings settings;
  private final TargetAddresses addresses;
  private final TargetTrust trust;

  public Targets(RelaySettings settings) {
    this.settings = settings;
    this.addresses = new TargetAddresses(settings.addresses(), InetAddress::getAllByName);
    this.trust = TargetTrust.with(settings.authorities());
  }

  RelaySettings settings() {
    return settings;
  }

  TargetAddresses addresses() {
    return addresses;
  }

  TargetTrust trust() {
    return trust;
  }

  /** A client for calls of our own, which verifies TLS as the relay does. */
  public HttpClient client(Vertx vertx) {
    HttpClientOptions options =
        new HttpClientOptions().setVerifyHost(true).setTracingPolicy(TracingPolicy.IGNORE);
    return vertx.createHttpClient(
        trust.options() == null ? options : options.setTrustOptions(trust.options()));
  }

  /**
   * The checked address of a name.
   *
   * @return completed on the caller's context; fails when there is none that may be called
   */
  public Future<SocketAddress> address(String host, int port, boolean tls) {
    if (!tls && !settings.allowHttp()) {
      return Future.failedFuture(new ConnectException("plain http is not allowed"));
    }
    Promise<SocketAddress> found = Promise.promise();
    Context caller = Vertx.currentContext();
    var _ =
        addresses
            .resolve(host)
            .whenComplete(
                (resolution, failure) -> {
                  Runnable complete = () -> complete(found, resolution, failure, port);
                  if (caller == null) {
                    complete.run();
                  } else {
                    caller.runOnContext(ignored -> complete.run());
                  }
                });
    return found.future();
  }

  private static void complete(
      Promise<SocketAddress> found,
      TargetAddresses.@Nullable Resolution resolution,
      @Nullable Throwable failure,
      int port) {
    if (failure == null && resolution instanceof TargetAddresses.Resolution.Resolved resolved) {
      String address = resolved.addresses().getFirst().getHostAddress();
      found.complete(SocketAddress.inetSocketAddress(port, address));
    } else {
      found.fail(new ConnectException("no address that may be called"));
    }
  }
}
