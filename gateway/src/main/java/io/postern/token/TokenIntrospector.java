package io.postern.token;

import io.postern.client.ClientAuthentication;
import io.postern.client.ClientAuthenticator;
import io.postern.client.RegisteredClient;
import io.postern.client.TokenRateLimiter;
import io.postern.crypto.CryptoProvider;
import io.postern.grant.ProtectedResource;
import io.postern.index.IndexImage;
import io.postern.jose.AccessToken;
import io.postern.jose.AccessTokenVerifier;
import io.postern.jose.SignatureAlgorithm;
import io.postern.jose.SigningKey;
import io.postern.oauth.PresentedToken;
import io.postern.oauth.Refusal;
import java.time.Instant;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The introspection of a token (RFC 7662): who asks, its rate, what the token is to it, and the
 * answer, signed if that is wanted (RFC 9701). No database. Confined to one thread.
 */
public final class TokenIntrospector {
  private final String issuer;
  private final ClientAuthenticator authenticator;
  private final AccessTokenVerifier tokens;
  private final TokenRateLimiter rateLimiter;
  private final CompactSigner signer;
  private final SlowSigner slowSigner;
  private final IntrospectionResponse response = new IntrospectionResponse();

  /**
   * @param rateLimiter counts introspections, apart from the tokens that the same clients get
   */
  public TokenIntrospector(
      String issuer,
      ClientAuthenticator authenticator,
      AccessTokenVerifier tokens,
      TokenRateLimiter rateLimiter,
      CryptoProvider provider,
      SlowSigner slowSigner) {
    this.issuer = issuer;
    this.authenticator = authenticator;
    this.tokens = tokens;
    this.rateLimiter = rateLimiter;
    this.signer = new CompactSigner(provider);
    this.slowSigner = slowSigner;
  }

  /**
   * Answers a request.
   *
   * @param asJwt whether the answer is to be signed
   * @param image what is believed for the whole of this request
   * @param source where the request comes from
   * @param answer is given who asked and the outcome, once: at once, or when the replay guard has
   *     answered or another thread has signed
   */
  public void introspect(
      PresentedToken request,
      boolean asJwt,
      IndexImage image,
      String source,
      Instant now,
      BiConsumer<ClientAuthentication, IntrospectionOutcome> answer) {
    authenticator.authenticate(
        request.credentials(),
        image,
        source,
        now,
        authentication -> {
          switch (authentication) {
            case ClientAuthentication.Rejected rejected ->
                answer.accept(
                    rejected,
                    new TokenOutcome.Refused(rejected.refusal(), rejected.retryAfterSeconds()));
            case ClientAuthentication.Authenticated caller ->
                introspect(
                    request.token(),
                    caller.client(),
                    asJwt,
                    image,
                    now,
                    outcome -> answer.accept(caller, outcome));
          }
        });
  }

  private void introspect(
      String compact,
      RegisteredClient caller,
      boolean asJwt,
      IndexImage image,
      Instant now,
      Consumer<IntrospectionOutcome> answer) {
    int waitSeconds = rateLimiter.tryTake(caller, now);
    if (waitSeconds > 0) {
      answer.accept(new TokenOutcome.Refused(Refusal.TOO_MANY_INTROSPECTIONS, waitSeconds));
      return;
    }
    TokenStatus status =
        TokenStatus.of(tokens.findSigned(compact, image.signingKeys()), caller, image, now);
    AccessToken shown =
        switch (status) {
          case TokenStatus.Active active -> active.token();
          case TokenStatus.Inactive ignored -> null;
        };
    if (asJwt) {
      sign(status, shown, caller, image, now, answer);
    } else {
      response.write(issuer, shown);
      answer.accept(new IntrospectionOutcome.Answered(response, status));
    }
  }

  private void sign(
      TokenStatus status,
      @Nullable AccessToken shown,
      RegisteredClient caller,
      IndexImage image,
      Instant now,
      Consumer<IntrospectionOutcome> answer) {
    SigningKey key = image.signingKeys().findActive(algorithm(caller, image));
    long issuedAt = now.getEpochSecond();
    if (key == null) {
      answer.accept(new TokenOutcome.Refused(Refusal.NO_SIGNING_KEY, AccessDecision.RETRY_SECONDS));
    } else if (!key.algorithm().isSlow()) {
      response.write(signer, key, issuer, caller.clientId(), issuedAt, shown);
      answer.accept(new IntrospectionOutcome.Answered(response, status));
    } else if (slowSigner.hasRoom()) {
      slowSigner.sign(
          other -> {
            IntrospectionResponse made = new IntrospectionResponse();
            made.write(other.compact(), key, issuer, caller.clientId(), issuedAt, shown);
            return made;
          },
          made ->
              answer.accept(
                  made == null
                      ? new TokenOutcome.Refused(
                          Refusal.NO_SIGNING_KEY, AccessDecision.RETRY_SECONDS)
                      : new IntrospectionOutcome.Answered(made, status)));
    } else {
      answer.accept(new TokenOutcome.Refused(Refusal.OVERLOADED, 1));
    }
  }

  // what verifies the caller's tokens can verify this
  private static SignatureAlgorithm algorithm(RegisteredClient caller, IndexImage image) {
    ProtectedResource resource = image.findResourceOf(caller);
    return resource == null
        ? ProtectedResource.DEFAULT_SIGNING_ALGORITHM
        : resource.signingAlgorithm();
  }
}
