package io.postern.decision;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.postern.vault.VaultRefusal;
import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/**
 * Rate, errors and duration of obtains and relays, and what goes through each credential.
 * Thread-safe.
 *
 * <p>Identifiers of credentials are the one label that is no constant of this program: those of the
 * first {@value #NAMED} that are used have series of their own, all others share one.
 */
public final class VaultMetrics implements DecisionListener {
  private static final int NAMED = 200;
  // no identifier has a blank
  private static final String OTHERS = "all others";

  private final MeterRegistry meters;
  private final Counter obtained;
  private final Map<VaultRefusal, Counter> refusals = new EnumMap<>(VaultRefusal.class);
  private final Map<String, Relayed> relayed = new ConcurrentHashMap<>();

  public VaultMetrics(MeterRegistry meters) {
    this.meters = meters;
    this.obtained =
        Counter.builder("postern.vault.obtained")
            .description("Hosted credentials that were handed to agents")
            .register(meters);
    for (VaultRefusal reason : VaultRefusal.values()) {
      refusals.put(
          reason,
          Counter.builder("postern.vault.refusals")
              .description("Obtains and relays that were refused or failed, by the reason")
              .tag("reason", reason.label())
              .register(meters));
    }
    relayed.put(OTHERS, new Relayed(meters, OTHERS));
  }

  /** The meters of one credential. */
  private static final class Relayed {
    private final Counter[] responses = new Counter[6];
    private final Counter requestBytes;
    private final Counter responseBytes;
    private final Counter inputTokens;
    private final Counter outputTokens;
    private final Timer duration;

    Relayed(MeterRegistry meters, String credential) {
      for (int statusClass = 1; statusClass < responses.length; statusClass++) {
        responses[statusClass] =
            Counter.builder("postern.relay.responses")
                .description("Answers of targets that were relayed, by the class of their status")
                .tag("credential", credential)
                .tag("status", statusClass + "xx")
                .register(meters);
      }
      requestBytes = bytes(meters, credential, "request");
      responseBytes = bytes(meters, credential, "response");
      inputTokens = tokens(meters, credential, "input");
      outputTokens = tokens(meters, credential, "output");
      duration =
          Timer.builder("postern.relay.duration")
              .description("Relayed calls from the request's head to the answer's end")
              .tag("credential", credential)
              .serviceLevelObjectives(
                  Duration.ofMillis(100),
                  Duration.ofSeconds(1),
                  Duration.ofSeconds(10),
                  Duration.ofSeconds(60))
              .register(meters);
    }

    private static Counter bytes(MeterRegistry meters, String credential, String direction) {
      return Counter.builder("postern.relay.body")
          .description("Bodies that were relayed")
          .baseUnit("bytes")
          .tag("credential", credential)
          .tag("direction", direction)
          .register(meters);
    }

    private static Counter tokens(MeterRegistry meters, String credential, String kind) {
      return Counter.builder("postern.relay.model.tokens")
          .description("Tokens of language models, as the relayed answers count them")
          .tag("credential", credential)
          .tag("kind", kind)
          .register(meters);
    }

    void add(DecisionEvent.Result.Relayed result, long latencyNanos) {
      responses[Math.clamp(result.status() / 100, 1, 5)].increment();
      requestBytes.increment((double) result.requestBytes());
      responseBytes.increment((double) result.responseBytes());
      if (result.inputTokens() != DecisionEvent.Result.Relayed.NO_TOKENS) {
        inputTokens.increment((double) result.inputTokens());
        outputTokens.increment((double) result.outputTokens());
      }
      duration.record(latencyNanos, TimeUnit.NANOSECONDS);
    }
  }

  @Override
  public void decided(DecisionEvent event) {
    switch (event.result()) {
      case DecisionEvent.Result.Obtained ignored -> obtained.increment();
      case DecisionEvent.Result.Relayed ignored -> {}
      case DecisionEvent.Result.Refused refused -> {
        Counter counter =
            refused.reason() instanceof VaultRefusal reason ? refusals.get(reason) : null;
        if (counter != null) {
          counter.increment();
        }
      }
      case DecisionEvent.Result.Issued ignored -> {}
      case DecisionEvent.Result.Introspected ignored -> {}
      case DecisionEvent.Result.Revoked ignored -> {}
    }
    DecisionEvent.Result.Relayed result = event.result().relayed();
    if (result != null) {
      relayed(String.valueOf(event.credentialAsked())).add(result, event.latencyNanos());
    }
  }

  private Relayed relayed(String credential) {
    Relayed present = relayed.get(credential);
    if (present != null) {
      return present;
    }
    String name = relayed.size() < NAMED ? credential : OTHERS;
    return relayed.computeIfAbsent(name, label -> new Relayed(meters, label));
  }
}
