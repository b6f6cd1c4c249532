package io.postern.tracing;

import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.context.propagation.TextMapGetter;
import io.vertx.core.MultiMap;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The spans of token requests, made when the answer is there: nothing is beneath them, and a
 * request that is not recorded, as nearly all are, costs no more than the decision that it is not.
 * Vert.x' own would note the URL of each request before that. Thread-safe.
 */
public final class TokenSpans {
  /** Records nothing. */
  public static final TokenSpans NONE = new TokenSpans(null);

  private static final String TRACEPARENT = "traceparent";
  private static final TextMapGetter<MultiMap> HEADERS =
      new TextMapGetter<>() {
        @Override
        public Iterable<String> keys(MultiMap headers) {
          return headers.names();
        }

        @Override
        public @Nullable String get(@Nullable MultiMap headers, String name) {
          return headers == null ? null : headers.get(name);
        }
      };

  private final @Nullable Tracer tracer;

  TokenSpans(@Nullable Tracer tracer) {
    this.tracer = tracer;
  }

  /**
   * Records a request if its {@code traceparent} says so or, without one, in as many cases as the
   * settings say.
   *
   * @param headers of the request
   * @param began when the request was there
   * @param status of the answer
   * @param outcome {@code issued}, or the reason of the refusal
   * @return the id of the trace, or null if it is not recorded
   */
  public @Nullable String record(
      MultiMap headers,
      Instant began,
      long latencyNanos,
      int status,
      String outcome,
      String decisionId) {
    if (tracer == null) {
      return null;
    }
    Context parent =
        headers.contains(TRACEPARENT)
            ? W3CTraceContextPropagator.getInstance().extract(Context.root(), headers, HEADERS)
            : Context.root();
    Span span =
        tracer
            .spanBuilder("POST /oauth2/token")
            .setParent(parent)
            .setSpanKind(SpanKind.SERVER)
            .setStartTimestamp(began)
            .startSpan();
    if (!span.isRecording()) {
      return null;
    }
    span.setAttribute("http.response.status_code", status);
    // whom it was for stands in the decision of that id: a trace is read by more people
    span.setAttribute("postern.decision_id", decisionId);
    span.setAttribute("postern.outcome", outcome);
    if (status >= 500) {
      span.setStatus(StatusCode.ERROR);
    }
    span.end(began.plusNanos(latencyNanos));
    return span.getSpanContext().getTraceId();
  }
}
