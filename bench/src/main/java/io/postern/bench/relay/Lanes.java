package io.postern.bench.relay;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpClient;
import io.vertx.core.http.HttpClientRequest;
import io.vertx.core.http.HttpClientResponse;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.PoolOptions;
import io.vertx.core.http.RequestOptions;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;

/** A closed loop: so many lanes, of which each asks anew when it has its whole answer. */
final class Lanes implements AutoCloseable {
  private final Vertx vertx = Vertx.vertx(new VertxOptions().setEventLoopPoolSize(1));
  private final int lanes;
  private final HttpClient client;

  /** What one window of time has shown. */
  record Window(double perSecond, double p99Micros) {}

  /**
   * What is asked again and again.
   *
   * @param bodies gives each request its own; null for none
   */
  record Ask(
      int port,
      String path,
      String authorization,
      String contentType,
      @Nullable Supplier<Buffer> bodies,
      int answerBytes) {

    /** The same request each time, with an access token. */
    static Ask withToken(
        int port, String path, String token, @Nullable Buffer body, int answerBytes) {
      return new Ask(
          port,
          path,
          "Bearer " + token,
          "application/json",
          body == null ? null : () -> body,
          answerBytes);
    }
  }

  Lanes(int lanes) {
    this.lanes = lanes;
    this.client = vertx.createHttpClient(new PoolOptions().setHttp1MaxSize(lanes));
  }

  /** Asks for so long; an answer that is not as it should be ends the measurement. */
  Window run(Ask ask, double seconds) throws InterruptedException {
    Run run = new Run(ask, System.nanoTime() + (long) (seconds * TimeUnit.SECONDS.toNanos(1)));
    long began = System.nanoTime();
    vertx.runOnContext(
        ignored -> {
          for (int i = 0; i < lanes; i++) {
            run.next();
          }
        });
    run.done.await();
    if (run.failure != null) {
      throw new IllegalStateException(run.failure);
    }
    return new Window(
        run.latency.getTotalCount() / ((System.nanoTime() - began) / 1e9),
        run.latency.getValueAtPercentile(99) / 1e3);
  }

  /** One window; all but its end is on the event loop. */
  private final class Run {
    private final Ask ask;
    private final long until;
    private final Histogram latency = new Histogram(3);
    private final CountDownLatch done = new CountDownLatch(lanes);
    private volatile @Nullable String failure;

    Run(Ask ask, long until) {
      this.ask = ask;
      this.until = until;
    }

    void next() {
      long began = System.nanoTime();
      if (began > until || failure != null) {
        done.countDown();
        return;
      }
      client
          .request(
              new RequestOptions()
                  .setHost("127.0.0.1")
                  .setPort(ask.port())
                  .setMethod(ask.bodies() == null ? HttpMethod.GET : HttpMethod.POST)
                  .setURI(ask.path())
                  .putHeader("authorization", ask.authorization()))
          .compose(this::send)
          .compose(this::read)
          .onComplete(
              (ignored, fault) -> {
                if (fault != null) {
                  failure = String.valueOf(fault);
                } else {
                  latency.recordValue(System.nanoTime() - began);
                }
                next();
              });
    }

    private Future<HttpClientResponse> send(HttpClientRequest request) {
      return ask.bodies() == null
          ? request.send()
          : request.putHeader("content-type", ask.contentType()).send(ask.bodies().get());
    }

    private Future<Void> read(HttpClientResponse response) {
      long[] bytes = {0};
      response.handler(chunk -> bytes[0] += chunk.length());
      return response
          .end()
          .compose(
              ended ->
                  response.statusCode() == 200 && bytes[0] == ask.answerBytes()
                      ? Future.succeededFuture()
                      : Future.failedFuture(
                          response.statusCode() + " with " + bytes[0] + " bytes"));
    }
  }

  @Override
  public void close() {
    vertx.close().await();
  }
}
