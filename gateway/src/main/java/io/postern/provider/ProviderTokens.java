package io.postern.provider;

import io.postern.crypto.Sealed;
import io.postern.crypto.SealingKeys;
import io.postern.provider.ProviderTokenStore.State;
import io.postern.vault.HostedCredential;
import io.postern.vault.OAuthClient;
import io.postern.vault.ProviderToken;
import io.postern.vault.SealedValue;
import io.postern.vault.VaultRefusal;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.VerticleBase;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The present token of each hosted OAuth client. The index holds the one that is kept; when that is
 * over, one request of this gateway gets the next, however many wait for it, and one gateway of
 * all, the one that holds the lease. A token is kept before it is used. One that nears its end is
 * renewed while it still serves. A virtual-thread verticle; {@link #get} may be called anywhere.
 */
public final class ProviderTokens extends VerticleBase {
  private static final Logger LOG = LoggerFactory.getLogger(ProviderTokens.class);

  /** How long the others wait for a gateway that is getting a token; longer than it may take. */
  static final Duration LEASE = Duration.ofSeconds(15);

  /** What a token must still have to be handed out: what a call with it takes. */
  private static final Duration MARGIN = Duration.ofSeconds(5);

  private static final Duration PATIENCE = Duration.ofSeconds(12);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(100);
  private static final Duration FIRST_PAUSE = Duration.ofSeconds(1);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(30);

  // of a token's life, what is left when it is renewed: between these, so that gateways differ
  private static final double LATEST = 0.15;
  private static final double EARLIEST = 0.25;

  /** A token as this gateway knows it to be good, by a clock that nobody sets. */
  private record Known(ProviderToken token, long goodUntilNanos) {}

  /**
   * The last failure, which is answered to all until its pause is over, or until the credential is
   * another: somebody may have mended it.
   */
  private record Failure(HostedCredential of, VaultRefusal reason, int count, long untilNanos) {
    boolean holds(HostedCredential credential) {
      return of.equals(credential) && untilNanos - System.nanoTime() > 0;
    }
  }

  /** What becomes of a question. */
  public sealed interface Outcome {
    /** A token, sealed. */
    record Present(ProviderToken token) implements Outcome {}

    /**
     * None.
     *
     * @param retryAfterSeconds 1 or more
     */
    record Unavailable(VaultRefusal reason, int retryAfterSeconds) implements Outcome {}
  }

  private final ProviderTokenStore store;
  private final TokenRequester requester;
  private final Supplier<SealingKeys> keys;
  private final String holder;
  private final Clock clock;
  private final double renewedAt = ThreadLocalRandom.current().nextDouble(LATEST, EARLIEST);
  private final Map<String, Promise<Outcome>> renewals = new ConcurrentHashMap<>();
  private final Map<String, Known> known = new ConcurrentHashMap<>();
  private final Map<String, Failure> failures = new ConcurrentHashMap<>();

  /**
   * @param keys of the vault, as they are now
   * @param holder names this gateway among those of the database
   */
  public ProviderTokens(
      ProviderTokenStore store,
      TokenRequester requester,
      Supplier<SealingKeys> keys,
      String holder,
      Clock clock) {
    this.store = store;
    this.requester = requester;
    this.keys = keys;
    this.holder = holder;
    this.clock = clock;
  }

  /**
   * The present token of a client.
   *
   * @return completed on the caller's context
   */
  public Future<Outcome> get(HostedCredential credential, Instant now) {
    ProviderToken token = findGood(credential, now);
    if (token == null) {
      Failure failure = failures.get(credential.id());
      return failure != null && failure.holds(credential)
          ? Future.succeededFuture(
              new Outcome.Unavailable(
                  failure.reason, seconds(failure.untilNanos - System.nanoTime())))
          : onCallersContext(renew(credential, 0));
    }
    if (isDueForRenewal(credential, token, now)) {
      var _ = renew(credential, token.version());
    }
    return Future.succeededFuture(new Outcome.Present(token));
  }

  private @Nullable ProviderToken findGood(HostedCredential credential, Instant now) {
    ProviderToken kept = credential.token();
    Known own = known.get(credential.id());
    if (own != null && kept != null && isEnded(own.token, kept)) {
      known.remove(credential.id(), own);
      own = null;
    }
    if (own != null && (kept == null || own.token.version() >= kept.version())) {
      // what was just got or read may not be in the index yet, and its clock is the right one
      return own.goodUntilNanos - System.nanoTime() > MARGIN.toNanos() ? own.token : null;
    }
    return kept != null && now.plus(MARGIN).isBefore(kept.expiresAt()) ? kept : null;
  }

  // when another client or secret is to be used, what is kept is over before its time
  private static boolean isEnded(ProviderToken own, ProviderToken kept) {
    return own.version() == kept.version() && kept.expiresAt().isBefore(own.expiresAt());
  }

  private boolean isDueForRenewal(HostedCredential credential, ProviderToken token, Instant now) {
    Duration life = Duration.between(token.obtainedAt(), token.expiresAt());
    Duration left = Duration.between(now, token.expiresAt());
    Failure failure = failures.get(credential.id());
    return left.toMillis() < life.toMillis() * renewedAt
        && (failure == null || !failure.holds(credential));
  }

  private static Future<Outcome> onCallersContext(Future<Outcome> outcome) {
    Context caller = Vertx.currentContext();
    if (caller == null || outcome.isComplete()) {
      return outcome;
    }
    Promise<Outcome> there = Promise.promise();
    outcome.onComplete(done -> caller.runOnContext(ignored -> there.handle(done)));
    return there.future();
  }

  /** Gets a token newer than that version, once for all who ask meanwhile. */
  private Future<Outcome> renew(HostedCredential credential, long version) {
    Promise<Outcome> own = Promise.promise();
    Promise<Outcome> present = renewals.putIfAbsent(credential.id(), own);
    if (present != null) {
      return present.future();
    }
    context.runOnContext(
        ignored -> {
          Outcome outcome;
          try {
            outcome = obtain(credential, version);
          } catch (ProviderTokenStore.UnavailableException e) {
            outcome = new Outcome.Unavailable(VaultRefusal.TOKEN_NOT_KEPT, 1);
          } catch (Throwable e) {
            // of any kind: waiting for a future throws what it failed with
            LOG.error("No token for the hosted credential {}", credential.identifier(), e);
            outcome = new Outcome.Unavailable(VaultRefusal.INTERNAL_ERROR, 1);
          }
          renewals.remove(credential.id());
          own.complete(outcome);
        });
    return own.future();
  }

  private Outcome obtain(HostedCredential credential, long version) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (true) {
      State state = store.lease(credential.id(), holder, LEASE);
      if (state == null) {
        return new Outcome.Unavailable(VaultRefusal.UNKNOWN_CREDENTIAL, 1);
      }
      ProviderToken token = state.token();
      if (token != null && isEnough(state, version)) {
        // another gateway was faster, or this gateway's clock is wrong
        if (state.leased()) {
          store.release(credential.id(), holder);
        }
        return present(credential, token, state.remaining());
      }
      if (state.leased()) {
        return ask(credential, state.version());
      }
      if (System.nanoTime() > deadline) {
        return new Outcome.Unavailable(VaultRefusal.PROVIDER_TIMEOUT, 1);
      }
      vertx.timer(BETWEEN_LOOKS.toMillis(), TimeUnit.MILLISECONDS).await();
    }
  }

  private boolean isEnough(State state, long version) {
    ProviderToken token = state.token();
    if (token == null || state.remaining().compareTo(MARGIN) <= 0) {
      return false;
    }
    Duration life = Duration.between(token.obtainedAt(), token.expiresAt());
    return token.version() > version || state.remaining().toMillis() >= life.toMillis() * renewedAt;
  }

  private Outcome present(HostedCredential credential, ProviderToken token, Duration remaining) {
    known.put(credential.id(), new Known(token, System.nanoTime() + remaining.toNanos()));
    failures.remove(credential.id());
    return new Outcome.Present(token);
  }

  private Outcome ask(HostedCredential credential, long version) {
    byte[] secret = secret(credential);
    OAuthClient client = credential.client();
    if (secret == null || client == null) {
      store.release(credential.id(), holder);
      return failed(credential, VaultRefusal.VALUE_UNREADABLE, "its secret cannot be opened");
    }
    TokenResponse response = requester.request(client, secret).await();
    if (response instanceof TokenResponse.Failed failed && failed.worthRetrying()) {
      // whether the provider has issued one is not known; another does no harm
      response = requester.request(client, secret).await();
    }
    return switch (response) {
      case TokenResponse.Failed failed -> {
        store.release(credential.id(), holder);
        yield failed(credential, failed.reason(), failed.told());
      }
      case TokenResponse.Issued issued -> keep(credential, version, issued);
    };
  }

  private Outcome keep(HostedCredential credential, long version, TokenResponse.Issued issued) {
    Sealed sealed =
        keys.get()
            .seal(
                issued.accessToken().getBytes(StandardCharsets.UTF_8),
                ProviderToken.context(credential.id(), version + 1));
    ProviderToken kept =
        store.keep(
            credential.id(),
            holder,
            version,
            sealed,
            issued.tokenType(),
            issued.scope(),
            issued.life());
    if (kept != null) {
      return present(credential, kept, issued.life());
    }
    // the lease was over before the provider had answered: what is kept now is the one that counts
    State state = store.lease(credential.id(), holder, Duration.ZERO);
    ProviderToken token = state == null ? null : state.token();
    return state == null || token == null || state.remaining().compareTo(MARGIN) <= 0
        ? new Outcome.Unavailable(VaultRefusal.PROVIDER_TIMEOUT, 1)
        : present(credential, token, state.remaining());
  }

  private byte @Nullable [] secret(HostedCredential credential) {
    SealedValue value = credential.findValue(clock.instant());
    return value == null
        ? null
        : keys.get().open(value.sealed(), SealedValue.context(credential.id(), value.id()));
  }

  private Outcome failed(HostedCredential credential, VaultRefusal reason, String told) {
    Failure before = failures.get(credential.id());
    int count = before == null || !before.of.equals(credential) ? 1 : before.count + 1;
    long pause =
        Math.min(LONGEST_PAUSE.toNanos(), FIRST_PAUSE.toNanos() << Math.min(count - 1, 10));
    // gateways that have failed together do not come again together
    pause = (long) (pause * ThreadLocalRandom.current().nextDouble(0.75, 1.25));
    failures.put(
        credential.id(), new Failure(credential, reason, count, System.nanoTime() + pause));
    if (count == 1) {
      LOG.warn(
          "The provider gives no token for the hosted credential {}: {}",
          credential.identifier(),
          told);
    }
    return new Outcome.Unavailable(reason, seconds(pause));
  }

  private static int seconds(long nanos) {
    return (int) Math.max(1, Math.ceilDiv(nanos, TimeUnit.SECONDS.toNanos(1)));
  }
}
