package io.postern.bench;

import io.postern.client.AssertionRules;
import io.postern.client.AssertionVerifier;
import io.postern.client.AttemptLimiter;
import io.postern.client.ClientAuthenticator;
import io.postern.client.CredentialUses;
import io.postern.client.ReplayGuard;
import io.postern.client.SecretVerifier;
import io.postern.client.TokenRateLimiter;
import io.postern.index.IndexImage;
import io.postern.jose.DecoyKeys;
import io.postern.oauth.Issuer;
import io.postern.oauth.MalformedTokenRequest;
import io.postern.oauth.TokenRequest;
import io.postern.token.AccessTokenSigner;
import io.postern.token.SlowSigner;
import io.postern.token.TokenIssuer;
import io.postern.token.TokenOutcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What the token endpoint does between the request's bytes and the outcome, on one thread: the
 * gateway's own classes, put together as the gateway does. Confined to one thread.
 *
 * <p>The replay guard takes every assertion for new, so that one assertion serves for many
 * requests; the guard in memory has a benchmark of its own.
 */
final class TokenPath {
  /** The longest life of an assertion; longer than any trial. */
  static final Duration MAX_ASSERTION_AGE = Duration.ofHours(12);

  private static final String SOURCE = "192.0.2.1";

  private final TokenIssuer issuer;
  private final IndexImage image;
  private @Nullable TokenOutcome outcome;

  TokenPath(SampleRegistry registry, IndexImage image) {
    Issuer self = new Issuer(SampleRegistry.ISSUER);
    var crypto = registry.crypto();
    var rules =
        new AssertionRules(
            self.identifier(),
            Set.of(self.tokenEndpoint()),
            MAX_ASSERTION_AGE,
            Duration.ofSeconds(10));
    this.image = image;
    this.issuer =
        new TokenIssuer(
            self.identifier(),
            new ClientAuthenticator(
                new SecretVerifier(crypto, () -> List.of(registry.hashKey())),
                new AssertionVerifier(rules, crypto, new DecoyKeys(crypto)),
                (use, now, answer) -> answer.accept(ReplayGuard.Verdict.FIRST_USE),
                new AttemptLimiter(),
                new CredentialUses()),
            new AccessTokenSigner(crypto),
            new SlowSigner(crypto, TokenPath::runHere),
            new TokenRateLimiter(),
            crypto.secureRandom());
  }

  /** Answers a request. */
  TokenOutcome answer(SampleRequest request, Instant now) {
    return switch (TokenRequest.parse(request.form(), request.authorization())) {
      case MalformedTokenRequest malformed -> new TokenOutcome.Refused(malformed.refusal());
      case TokenRequest wellFormed -> {
        outcome = null;
        issuer.issue(wellFormed, image, SOURCE, now, (who, answer) -> outcome = answer);
        yield outcome();
      }
    };
  }

  // on the benchmark's own thread, so that it counts
  private static <T> void runHere(Supplier<T> work, Consumer<@Nullable T> then) {
    then.accept(work.get());
  }

  private TokenOutcome outcome() {
    if (outcome == null) {
      throw new IllegalStateException("the issuer did not answer at once");
    }
    return outcome;
  }
}
