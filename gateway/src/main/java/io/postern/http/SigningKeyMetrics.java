package io.postern.http;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.postern.index.GrantIndex;
import io.postern.jose.SignatureAlgorithm;
import io.postern.jose.SigningKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.concurrent.TimeUnit;

/** How many signing keys this gateway publishes, and for how long the active ones have signed. */
final class SigningKeyMetrics {
  private SigningKeyMetrics() {}

  static void register(MeterRegistry registry, GrantIndex index, Clock clock) {
    for (SigningKey.State state : SigningKey.State.values()) {
      Gauge.builder("postern.signing.keys", () -> count(index, state))
          .description("Published signing keys by state")
          .tag("state", state.name().toLowerCase(Locale.ROOT))
          .register(registry);
    }
    for (SignatureAlgorithm algorithm : SignatureAlgorithm.FOR_TOKENS) {
      Gauge.builder("postern.signing.key.age", () -> ageSeconds(index, algorithm, clock.instant()))
          .description("Since the active key began to sign; NaN without one")
          .baseUnit("seconds")
          .tag("alg", algorithm.value())
          .register(registry);
    }
  }

  private static long count(GrantIndex index, SigningKey.State state) {
    return index.image().signingKeys().all().stream().filter(key -> key.state() == state).count();
  }

  private static double ageSeconds(GrantIndex index, SignatureAlgorithm algorithm, Instant now) {
    SigningKey key = index.image().signingKeys().findActive(algorithm);
    Instant since = key == null ? null : key.since();
    return since == null
        ? Double.NaN
        : (double) Duration.between(since, now).toMillis() / TimeUnit.SECONDS.toMillis(1);
  }
}
