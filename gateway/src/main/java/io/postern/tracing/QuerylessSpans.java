package io.postern.tracing;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.sdk.common.CompletableResultCode;
import io.opentelemetry.sdk.trace.data.DelegatingSpanData;
import io.opentelemetry.sdk.trace.data.SpanData;
import io.opentelemetry.sdk.trace.export.SpanExporter;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/**
 * Exports spans without the queries of URLs. Vert.x notes them, and a client may by mistake have
 * put a token or a secret there.
 */
final class QuerylessSpans implements SpanExporter {
  private static final Set<String> WITH_QUERY = Set.of("http.url", "url.query", "url.full");

  private final SpanExporter next;

  QuerylessSpans(SpanExporter next) {
    this.next = next;
  }

  @Override
  public CompletableResultCode export(Collection<SpanData> spans) {
    List<SpanData> stripped = spans.stream().map(QuerylessSpans::strip).toList();
    return next.export(stripped);
  }

  private static SpanData strip(SpanData span) {
    Attributes attributes =
        span.getAttributes().toBuilder().removeIf(QuerylessSpans::mayHoldQuery).build();
    return new DelegatingSpanData(span) {
      @Override
      public Attributes getAttributes() {
        return attributes;
      }
    };
  }

  private static boolean mayHoldQuery(AttributeKey<?> key) {
    return WITH_QUERY.contains(key.getKey());
  }

  @Override
  public CompletableResultCode flush() {
    return next.flush();
  }

  @Override
  public CompletableResultCode shutdown() {
    return next.shutdown();
  }
}
