package io.postern.decision;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import io.postern.oauth.AuthenticationMethod;
import io.postern.oauth.InactiveReason;
import io.postern.oauth.OAuthError;
import io.postern.oauth.Refusal;
import java.time.Duration;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Rate, errors and duration of the endpoints to which tokens are presented, introspection and
 * revocation. Every label is a constant of this program, and every meter is there from the start.
 * Thread-safe.
 */
public final class PresentationMetrics implements DecisionListener {
  private static final String NONE = "none";

  // what is decided about a request for a token alone
  private static final Set<OAuthError> OF_TOKENS =
      EnumSet.of(
          OAuthError.UNSUPPORTED_GRANT_TYPE, OAuthError.INVALID_SCOPE, OAuthError.INVALID_TARGET);

  private final Meters introspection;
  private final Meters revocation;

  public PresentationMetrics(MeterRegistry meters) {
    this.introspection = new Meters(meters, "introspection", "active", "inactive");
    this.revocation = new Meters(meters, "revocation", "revoked", "nothing");
  }

  /** Of one endpoint. */
  private static final class Meters {
    private final Map<AuthenticationMethod, Counter> active =
        new EnumMap<>(AuthenticationMethod.class);
    private final Map<AuthenticationMethod, Counter> inactive =
        new EnumMap<>(AuthenticationMethod.class);
    private final Map<AuthenticationMethod, Counter> refused =
        new EnumMap<>(AuthenticationMethod.class);
    private final Counter refusedUnread;
    private final Map<InactiveReason, Counter> reasons = new EnumMap<>(InactiveReason.class);
    private final Map<Refusal, Counter> refusals = new EnumMap<>(Refusal.class);
    private final Timer duration;

    Meters(MeterRegistry meters, String name, String activeLabel, String inactiveLabel) {
      String prefix = "postern." + name;
      for (AuthenticationMethod method : AuthenticationMethod.values()) {
        active.put(method, requests(meters, prefix, activeLabel, method.value()));
        inactive.put(method, requests(meters, prefix, inactiveLabel, method.value()));
        refused.put(method, requests(meters, prefix, "refused", method.value()));
      }
      refusedUnread = requests(meters, prefix, "refused", NONE);
      for (InactiveReason reason : InactiveReason.values()) {
        reasons.put(
            reason,
            Counter.builder(prefix + ".inactive")
                .description("Presented tokens that were not active, by the reason")
                .tag("reason", reason.label())
                .register(meters));
      }
      for (Refusal reason : Refusal.values()) {
        if (!OF_TOKENS.contains(reason.error())) {
          refusals.put(
              reason,
              Counter.builder(prefix + ".refusals")
                  .description("Requests about tokens that were refused, by the reason")
                  .tag("reason", reason.label())
                  .register(meters));
        }
      }
      duration =
          Timer.builder(prefix + ".duration")
              .description("Requests about tokens, from the whole request to its answer")
              .serviceLevelObjectives(
                  Duration.ofNanos(100_000),
                  Duration.ofMillis(1),
                  Duration.ofMillis(10),
                  Duration.ofMillis(100),
                  Duration.ofSeconds(1))
              .register(meters);
    }

    private static Counter requests(
        MeterRegistry meters, String prefix, String outcome, String method) {
      return Counter.builder(prefix + ".requests")
          .description("Requests about tokens by outcome and client authentication")
          .tag("outcome", outcome)
          .tag("method", method)
          .register(meters);
    }

    void answered(DecisionEvent event, @Nullable InactiveReason reason) {
      AuthenticationMethod method = event.method();
      if (method != null) {
        increment((reason == null ? active : inactive).get(method));
      }
      if (reason != null) {
        increment(reasons.get(reason));
      }
    }

    void refused(DecisionEvent event, DecisionEvent.Result.Refused result) {
      AuthenticationMethod method = event.method();
      increment(method == null ? refusedUnread : refused.get(method));
      if (result.reason() instanceof Refusal reason) {
        increment(refusals.get(reason));
      }
    }

    private static void increment(@Nullable Counter counter) {
      if (counter != null) {
        counter.increment();
      }
    }
  }

  @Override
  public void decided(DecisionEvent event) {
    switch (event.operation()) {
      case INTROSPECT -> count(introspection, event);
      case REVOKE -> count(revocation, event);
      case TOKEN, OBTAIN, RELAY -> {}
    }
  }

  private static void count(Meters meters, DecisionEvent event) {
    if (event.result() instanceof DecisionEvent.Result.Refused refused) {
      meters.refused(event, refused);
    } else {
      meters.answered(event, event.result().inactive());
    }
    meters.duration.record(event.latencyNanos(), TimeUnit.NANOSECONDS);
  }
}
