package io.postern.http;

import io.postern.oauth.Refusal;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpHeaders;
import io.vertx.core.http.HttpMethod;
import io.vertx.core.http.HttpServerRequest;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * The reading of requests that are forms of clients that authenticate: the token endpoint's, and
 * those of introspection and revocation. One for each endpoint of an event loop.
 */
public final class FormReader {
  private static final int SHED_RETRY_SECONDS = 1;
  private static final String FORM = "application/x-www-form-urlencoded";

  private final RequestBodies bodies;
  private final RequestQueue queue;
  private final Predicate<String> parameters;

  /**
   * @param bodies the event loop's, as is the queue
   * @param parameters which names mean something in the form, and are refused in the query
   */
  public FormReader(RequestBodies bodies, RequestQueue queue, Predicate<String> parameters) {
    this.bodies = bodies;
    this.queue = queue;
    this.parameters = parameters;
  }

  /** What is done with a request, once for each. */
  interface Handler {
    /**
     * Takes a form.
     *
     * @param authorization the only value of the Authorization header, or null
     */
    void take(HttpServerRequest request, Buffer form, @Nullable String authorization);

    /**
     * Refuses the request.
     *
     * @param retryAfterSeconds when to come again; 0 where time does not help
     */
    void refuse(HttpServerRequest request, Refusal reason, int retryAfterSeconds);
  }

  /** Reads a request, or refuses it. */
  void read(HttpServerRequest request, Handler handler) {
    // RFC 6749 §3.2, RFC 7009 §2.1, RFC 7662 §2.1: the client must use POST
    if (!request.method().equals(HttpMethod.POST)) {
      handler.refuse(request, Refusal.NOT_POST, 0);
    } else if (!isForm(request.getHeader(HttpHeaders.CONTENT_TYPE))) {
      handler.refuse(request, Refusal.NOT_A_FORM, 0);
    } else if (isEncoded(request.headers().getAll(HttpHeaders.CONTENT_ENCODING))) {
      handler.refuse(request, Refusal.ENCODED_BODY, 0);
    } else if (request.query() != null && hasParameters(request)) {
      handler.refuse(request, Refusal.PARAMETERS_IN_QUERY, 0);
    } else {
      bodies.read(
          request,
          body -> take(request, body, handler),
          status ->
              handler.refuse(
                  request, status == 413 ? Refusal.BODY_TOO_LARGE : Refusal.BODY_TOO_SLOW, 0));
    }
  }

  private void take(HttpServerRequest request, Buffer body, Handler handler) {
    if (!queue.tryTake()) {
      handler.refuse(request, Refusal.OVERLOADED, SHED_RETRY_SECONDS);
      return;
    }
    List<String> authorization = request.headers().getAll(HttpHeaders.AUTHORIZATION);
    if (authorization.size() > 1) {
      handler.refuse(request, Refusal.SEVERAL_AUTHENTICATION_METHODS, 0);
    } else {
      handler.take(request, body, authorization.isEmpty() ? null : authorization.getFirst());
    }
  }

  // RFC 6749 §2.3.1: credentials must not be in the request URI; nor is anything else read there,
  // and a scope that goes unread would make the token wider than meant
  private boolean hasParameters(HttpServerRequest request) {
    try {
      return request.params().names().stream().anyMatch(parameters);
    } catch (IllegalArgumentException e) {
      return true;
    }
  }

  // A form's bytes are ASCII, and what they encode is UTF-8 (RFC 6749 App. B): a charset that is
  // named beside it changes nothing
  private static boolean isForm(@Nullable String contentType) {
    return contentType != null
        && (contentType.equals(FORM)
            || contentType.split(";", 2)[0].strip().equalsIgnoreCase(FORM));
  }

  private static boolean isEncoded(List<String> codings) {
    return !codings.stream().allMatch(coding -> coding.strip().equalsIgnoreCase("identity"));
  }
}
