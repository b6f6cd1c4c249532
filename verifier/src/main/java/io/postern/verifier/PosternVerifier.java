package io.postern.verifier;

import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.time.Clock;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ScheduledExecutorService;
import org.jspecify.annotations.Nullable;

/**
 * Verifies access tokens of one issuer for one service (RFC 9068 §4), with the issuer's published
 * keys, and refuses those that its not-before lines have ended. One for a process is enough.
 *
 * <p>Thread-safe. A verification does no I/O, but for a {@code kid} that is not known: then the JWK
 * Set is read once for all who ask, at most every ten seconds. Two daemon threads keep keys and
 * lines up to date until {@link #close}.
 */
public final class PosternVerifier implements AutoCloseable {
  private static final int LONGEST_TOKEN = 64 * 1024;

  private final TokenRules rules;
  private final String realm;
  private final KeyCache keys;
  private final @Nullable LineWatch lines;
  private final Clock clock;
  private final KnownSignatures signatures = new KnownSignatures();
  private final CompletableFuture<Void> ready = new CompletableFuture<>();
  private final ScheduledExecutorService scheduler;
  private final HttpSource http;
  private @Nullable Thread follower;

  /**
   * @param lines null when they are not followed
   */
  PosternVerifier(
      TokenRules rules,
      String realm,
      KeyCache keys,
      @Nullable LineWatch lines,
      Clock clock,
      ScheduledExecutorService scheduler,
      HttpSource http) {
    this.rules = rules;
    this.realm = realm;
    this.keys = keys;
    this.lines = lines;
    this.clock = clock;
    this.scheduler = scheduler;
    this.http = http;
  }

  /**
   * Begins a verifier of an issuer's tokens.
   *
   * @param issuer its identifier, a URL, exactly as its metadata has it
   */
  public static VerifierBuilder builder(String issuer) {
    return new VerifierBuilder(issuer);
  }

  /** Begins to read keys and lines. */
  void start(@Nullable Thread following) {
    keys.start();
    CompletableFuture<Void> all = keys.first().toCompletableFuture();
    if (lines != null) {
      all = CompletableFuture.allOf(all, lines.first().toCompletableFuture());
    }
    var unused =
        all.whenComplete(
            (nothing, failure) -> {
              if (failure == null) {
                ready.complete(null);
              }
            });
    follower = following;
    if (following != null) {
      following.start();
    }
  }

  /**
   * Verifies a token that came by whatever way.
   *
   * <p>It is no matter here whether the token is bound to a key ({@code cnf}): whoever hands it
   * over checks that, or uses {@link #authorize}.
   *
   * @param compact the token as it was sent
   * @return completed already, unless the token's key is unknown; never fails
   */
  public CompletionStage<Verification> verify(String compact) {
    return read(compact).thenApply(outcome -> outcome.verification);
  }

  /** The same, for threads that may wait: up to three seconds, for a key that is not known. */
  public Verification verifyBlocking(String compact) {
    return verify(compact).toCompletableFuture().join();
  }

  /**
   * Decides about a request (RFC 6750).
   *
   * @param authorization its {@code Authorization} header fields, all of them
   * @param scopes that the token must have
   * @return completed already, unless the token's key is unknown; never fails
   */
  public CompletionStage<Verification> authorize(
      List<String> authorization, Collection<String> scopes) {
    BearerHeader header = BearerHeader.of(authorization);
    if (header.token() == null) {
      Reason reason = header.reason() == null ? Reason.MISSING_TOKEN : header.reason();
      return CompletableFuture.completedFuture(new Verification.Refused(reason));
    }
    List<String> needed = List.copyOf(scopes);
    return read(header.token())
        .thenApply(
            outcome ->
                outcome.bound
                    ? new Verification.Refused(Reason.SENDER_CONSTRAINED)
                    : outcome.verification.require(needed));
  }

  /**
   * The answer to a request that is refused.
   *
   * @param scopes that the request needs
   */
  public Challenge challenge(Reason reason, Collection<String> scopes) {
    return Challenge.of(reason, realm, scopes);
  }

  /**
   * Completes when keys and lines were read for the first time; fails with {@link
   * CancellationException} when the verifier is closed before.
   */
  public CompletionStage<Void> ready() {
    return ready.copy();
  }

  /** How it stands. */
  public VerifierState state() {
    LineWatch watch = lines;
    boolean known = watch != null && watch.lines() != null;
    return new VerifierState(
        keys.keys().size(),
        keys.age(),
        watch == null ? 0 : watch.size(),
        watch != null && known ? watch.silence() : null,
        watch == null || watch.isFollowed());
  }

  /** Ends threads and connections. From then on all tokens are refused, as the keys are unknown. */
  @Override
  public void close() {
    keys.close();
    ready.completeExceptionally(new CancellationException("the verifier is closed"));
    Thread following = follower;
    if (following != null) {
      following.interrupt();
    }
    scheduler.shutdownNow();
    http.close();
  }

  /** A verification, and whether the token that counts is bound to a key. */
  private record Outcome(Verification verification, boolean bound) {
    static Outcome refused(Reason reason) {
      return new Outcome(new Verification.Refused(reason), false);
    }
  }

  private CompletionStage<Outcome> read(String compact) {
    if (compact.length() > LONGEST_TOKEN) {
      return CompletableFuture.completedFuture(Outcome.refused(Reason.MALFORMED));
    }
    String digest = KnownSignatures.digest(compact);
    KnownSignatures.Known known = signatures.find(digest, keys.keys());
    if (known != null) {
      return CompletableFuture.completedFuture(judge(known.claims()));
    }
    SignedJWT jwt = HeaderRules.parse(compact);
    if (jwt == null) {
      return CompletableFuture.completedFuture(Outcome.refused(Reason.MALFORMED));
    }
    Reason refusal = HeaderRules.refusal(jwt.getHeader(), HeaderRules.ACCESS_TOKEN);
    if (refusal != null) {
      return CompletableFuture.completedFuture(Outcome.refused(refusal));
    }
    return keys.find(jwt.getHeader().getKeyID())
        .thenApply(key -> verifySignature(jwt, key, digest));
  }

  private Outcome verifySignature(SignedJWT jwt, Optional<PublishedKey> found, String digest) {
    if (found.isEmpty()) {
      return Outcome.refused(keys.keys().size() == 0 ? Reason.KEYS_UNKNOWN : Reason.UNKNOWN_KEY);
    }
    PublishedKey key = found.get();
    if (!key.allows(jwt.getHeader().getAlgorithm())) {
      return Outcome.refused(Reason.WRONG_ALGORITHM);
    }
    if (!key.verifies(jwt)) {
      return Outcome.refused(Reason.BAD_SIGNATURE);
    }
    TokenClaims claims;
    try {
      claims = TokenClaims.of(jwt.getJWTClaimsSet(), key.kid());
    } catch (ParseException e) {
      return Outcome.refused(Reason.BAD_CLAIMS);
    }
    signatures.add(digest, new KnownSignatures.Known(claims, key));
    return judge(claims);
  }

  private Outcome judge(TokenClaims claims) {
    Instant now = clock.instant();
    Reason refusal = rules.refusal(claims, now);
    if (refusal == null && lines != null) {
      refusal = lines.refusal(claims.ids());
    }
    return refusal == null
        ? new Outcome(new Verification.Valid(claims.token()), claims.bound())
        : Outcome.refused(refusal);
  }
}
