package io.postern.verifier;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * What the issuer answers, within a size and a time: the JDK's client itself waits for a body
 * without end. Redirects are not followed. Thread-safe.
 */
final class HttpSource {
  private static final Duration CONNECT = Duration.ofSeconds(5);

  private final HttpClient client;
  private final boolean own;
  // by names of their own, as futures are equal to nothing
  private final Map<Object, CompletableFuture<?>> open = new ConcurrentHashMap<>();
  private volatile boolean closed;

  /**
   * @param given somebody else's client; null to make one
   */
  HttpSource(@Nullable HttpClient given) {
    this.own = given == null;
    this.client =
        given != null
            ? given
            : HttpClient.newBuilder()
                // plain HTTP would try to upgrade, which some servers take badly
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(CONNECT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
  }

  /** The whole answer, whatever its status; fails when it is too long or takes too long. */
  CompletableFuture<HttpResponse<byte[]>> get(
      URI uri, Map<String, String> headers, int maxBytes, Duration patience) {
    CompletableFuture<HttpResponse<byte[]>> sent =
        send(request(uri, headers), info -> new BoundedBody(maxBytes));
    // One of our own, so that whoever waits for it does not end the exchange by a timeout alone.
    CompletableFuture<HttpResponse<byte[]>> answer = new CompletableFuture<>();
    var unusedSent =
        sent.whenComplete(
            (response, failure) -> {
              if (failure == null) {
                answer.complete(response);
              } else {
                answer.completeExceptionally(failure);
              }
            });
    var unusedAnswer =
        answer
            .orTimeout(patience.toMillis(), TimeUnit.MILLISECONDS)
            // A cancelled exchange ends its connection; one that is over does not notice.
            .whenComplete((response, failure) -> sent.cancel(true));
    return answer;
  }

  /**
   * An answer whose body is still to be read.
   *
   * @param patience until its head is there
   * @throws HttpTimeoutException when it is not there by then
   */
  HttpResponse<StreamBody> open(URI uri, Map<String, String> headers, Duration patience)
      throws IOException, InterruptedException {
    CompletableFuture<HttpResponse<StreamBody>> sent =
        send(request(uri, headers), info -> new StreamBody());
    try {
      return await(sent, patience);
    } catch (IOException | InterruptedException e) {
      // one that came as it was given up
      var unused = sent.thenAccept(response -> response.body().close());
      throw e;
    }
  }

  /**
   * Waits for an answer; gives it up when it does not come in time or the thread is interrupted.
   */
  static <T> T await(CompletableFuture<T> answer, Duration patience)
      throws IOException, InterruptedException {
    try {
      return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException e) {
      throw new IOException("the issuer was not reached", e.getCause());
    } catch (TimeoutException e) {
      HttpTimeoutException none = new HttpTimeoutException("no answer in " + patience);
      none.initCause(e);
      throw none;
    } finally {
      answer.cancel(true);
    }
  }

  private static HttpRequest request(URI uri, Map<String, String> headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).GET();
    headers.forEach(request::setHeader);
    return request.build();
  }

  private <T> CompletableFuture<HttpResponse<T>> send(
      HttpRequest request, HttpResponse.BodyHandler<T> handler) {
    CompletableFuture<HttpResponse<T>> sent;
    try {
      sent = client.sendAsync(request, handler);
    } catch (RuntimeException e) {
      // an executor that takes no more
      return CompletableFuture.failedFuture(e);
    }
    Object name = new Object();
    open.put(name, sent);
    var unused = sent.whenComplete((response, failure) -> open.remove(name));
    // One that began while the others were ended
    if (closed) {
      sent.cancel(true);
    }
    return sent;
  }

  /** Ends what is under way, and in a while the threads of a client of our own. */
  void close() {
    closed = true;
    open.values().forEach(sent -> sent.cancel(true));
    // From Java 21 on, and it waits; before, they end when the client is collected.
    if (own && (Object) client instanceof AutoCloseable closeable) {
      Thread closing = new Thread(() -> close(closeable), "postern-verifier-close");
      closing.setDaemon(true);
      closing.start();
    }
  }

  private static void close(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      throw new IllegalStateException("the HTTP client does not close", e);
    }
  }
}
