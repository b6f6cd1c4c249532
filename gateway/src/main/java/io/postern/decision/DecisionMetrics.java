package io.postern.decision;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.postern.jose.SignatureAlgorithm;
import io.postern.oauth.AuthenticationMethod;
import io.postern.oauth.Refusal;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Rate, errors and duration of the token endpoint. Every label is a constant of this program, and
 * every meter is there from the start. Thread-safe.
 */
public final class DecisionMetrics implements DecisionListener {
  private static final String NONE = "none";

  private final Map<AuthenticationMethod, Map<SignatureAlgorithm, Counter>> issued =
      new EnumMap<>(AuthenticationMethod.class);
  private final Map<AuthenticationMethod, Counter> refused =
      new EnumMap<>(AuthenticationMethod.class);
  private final Counter refusedUnread;
  private final Map<Refusal, Counter> refusals = new EnumMap<>(Refusal.class);
  private final Counter oversized;
  private final DurationHistogram durations = new DurationHistogram();

  /**
   * @param prometheus what {@code meters} are exposed by: Micrometer's own histograms would look
   *     for an exemplar in the present thread instead of the event
   */
  public DecisionMetrics(MeterRegistry meters, PrometheusRegistry prometheus) {
    for (AuthenticationMethod method : AuthenticationMethod.values()) {
      Map<SignatureAlgorithm, Counter> byAlgorithm = new EnumMap<>(SignatureAlgorithm.class);
      for (SignatureAlgorithm algorithm : SignatureAlgorithm.FOR_TOKENS) {
        byAlgorithm.put(algorithm, requests(meters, "issued", method.value(), algorithm.value()));
      }
      issued.put(method, byAlgorithm);
      refused.put(method, requests(meters, "refused", method.value(), NONE));
    }
    refusedUnread = requests(meters, "refused", NONE, NONE);
    for (Refusal reason : Refusal.values()) {
      refusals.put(
          reason,
          Counter.builder("postern.token.refusals")
              .description("Token requests that were refused, by the reason")
              .tag("reason", reason.label())
              .register(meters));
    }
    oversized =
        Counter.builder("postern.token.oversized")
            .description("Tokens too long for the 8 kB that most servers take of a header line")
            .register(meters);
    prometheus.register(durations);
  }

  private static Counter requests(
      MeterRegistry meters, String outcome, String method, String algorithm) {
    return Counter.builder("postern.token.requests")
        .description("Token requests by outcome, client authentication and the token's algorithm")
        .tag("outcome", outcome)
        .tag("method", method)
        .tag("alg", algorithm)
        .register(meters);
  }

  @Override
  public void decided(DecisionEvent event) {
    if (event.operation() == DecisionEvent.Operation.TOKEN) {
      count(event);
    }
  }

  private void count(DecisionEvent event) {
    AuthenticationMethod method = event.method();
    switch (event.result()) {
      case DecisionEvent.Result.Issued token -> {
        Map<SignatureAlgorithm, Counter> byAlgorithm = method == null ? null : issued.get(method);
        increment(byAlgorithm == null ? null : byAlgorithm.get(token.algorithm()));
        if (token.isOversized()) {
          oversized.increment();
        }
        durations.issued().add(event.latencyNanos(), event.traceId());
      }
      case DecisionEvent.Result.Refused refusal -> {
        increment(method == null ? refusedUnread : refused.get(method));
        if (refusal.reason() instanceof Refusal reason) {
          increment(refusals.get(reason));
        }
        durations.refused().add(event.latencyNanos(), event.traceId());
      }
      case DecisionEvent.Result.Obtained ignored -> {}
      case DecisionEvent.Result.Relayed ignored -> {}
      case DecisionEvent.Result.Introspected ignored -> {}
      case DecisionEvent.Result.Revoked ignored -> {}
    }
  }

  private static void increment(@Nullable Counter counter) {
    if (counter != null) {
      counter.increment();
    }
  }
}
